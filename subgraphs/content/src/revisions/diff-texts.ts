import { structuredPatch } from 'diff';

/** A stretch of two texts in which they differ, with unchanged lines around it. */
export interface TextHunk {
  /** Lines are counted from 1; where there are none, the line before. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly TextLine[];
}

export interface TextLine {
  readonly kind: 'ADDED' | 'CONTEXT' | 'REMOVED';
  /** Without its line end. */
  readonly text: string;
}

export interface TextDifference {
  readonly hunks: readonly TextHunk[];
  readonly addedLines: number;
  readonly removedLines: number;
}

const KINDS = { '+': 'ADDED', ' ': 'CONTEXT', '-': 'REMOVED' } as const;
const CONTEXT_LINES = 3;
/** Comparing takes time with the square of this; beyond it two texts have little in common. */
const MAX_DIFFERENCES = 1_000;

/** Compares two texts line by line, as unified hunks; whether the last line has an end is not told. Pure. */
export function diffTexts(before: string, after: string): TextDifference {
  const patch = structuredPatch('', '', before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_DIFFERENCES,
  });
  const hunks = patch ? patch.hunks.map(readHunk) : [replaceAll(before, after)];
  const count = (kind: TextLine['kind']) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0);
  return { hunks, addedLines: count('ADDED'), removedLines: count('REMOVED') };
}

function readHunk(hunk: Omit<TextHunk, 'lines'> & { readonly lines: readonly string[] }): TextHunk {
  const lines = hunk.lines.flatMap((line): TextLine[] => {
    const kind = KINDS[line.charAt(0) as keyof typeof KINDS];
    // The fourth mark, a backslash, says that the last line has no end.
    return kind === undefined ? [] : [{ kind, text: line.slice(1) }];
  });
  const { oldStart, oldLines, newStart, newLines } = hunk;
  return { oldStart, oldLines, newStart, newLines, lines };
}

function replaceAll(before: string, after: string): TextHunk {
  const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');
  const removed = linesOf(before).map((text) => ({ kind: 'REMOVED' as const, text }));
  const added = linesOf(after).map((text) => ({ kind: 'ADDED' as const, text }));
  return {
    oldStart: 1,
    oldLines: removed.length,
    newStart: 1,
    newLines: added.length,
    lines: [...removed, ...added],
  };
}
