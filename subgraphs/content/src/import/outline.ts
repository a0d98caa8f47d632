import { cleanSource } from './clean-source.ts';
import { countFrontMatterLines } from './front-matter.ts';
import { findHeadings, type Heading } from './headings.ts';
import { IMPORT_LIMITS, type ImportLimits } from './limits.ts';

/**
 * A document as a tree of topics. Nothing is lost: `heading`, `introduction`, and each topic's
 * `heading` and `markdown` in order make up the source, byte for byte, with line feeds for line
 * ends and without a byte order mark.
 */
export interface Outline {
  /** Of the first-level heading that opens the document and is its only one; null without one. */
  readonly title: string | null;
  /** Source of that heading, with front matter and blank lines before it; empty without one. */
  readonly heading: string;
  /** What stands before the first topic. */
  readonly introduction: string;
  /** In the order of the document. */
  readonly topics: readonly OutlineTopic[];
}

export interface OutlineTopic {
  /** Plain text, never empty. */
  readonly title: string;
  /** 1 for a topic without a parent. Skipped levels of headings make no levels here. */
  readonly depth: number;
  /** Index of the parent in `topics`, always a smaller one; null for none. */
  readonly parentIndex: number | null;
  /** Source of the heading, with its line end. */
  readonly heading: string;
  /** Source between this heading and the next. */
  readonly markdown: string;
}

/**
 * Divides a Markdown document at its headings. Headings inside quotes, lists, code and HTML belong
 * to the text around them. Pure.
 *
 * @param givenTitle what the subject shall be called; a heading that opens the document is its
 * title only when this is null or the same, and a topic otherwise.
 * @throws UserFailure `ImportRefused` with the line, for each bound of `limits` and for what is
 * not text.
 */
export function parseMarkdownOutline(
  markdown: string,
  limits: ImportLimits = IMPORT_LIMITS,
  givenTitle: string | null = null,
): Outline {
  const source = cleanSource(markdown, limits);
  const frontMatterLines = countFrontMatterLines(source);
  const headings = findHeadings(source, frontMatterLines, limits);
  const lines = source.split(/(?<=\n)/);
  const slice = (from: number, to?: number) => lines.slice(from, to).join('');

  const [first] = headings;
  const opens = first && slice(frontMatterLines, first.firstLine).trim() === '';
  const isOnly = first?.level === 1 && headings.every(({ level }, at) => at === 0 || level > 1);
  const isWanted = givenTitle === null || givenTitle === first?.title;
  const titled = opens && isOnly && isWanted ? first : null;
  const dividing = titled ? headings.slice(1) : headings;

  const places = placesInTree(dividing);
  return {
    title: titled?.title ?? null,
    heading: titled ? slice(0, titled.endLine) : '',
    introduction: slice(titled?.endLine ?? 0, dividing[0]?.firstLine),
    topics: dividing.map((heading, index) => ({
      title: heading.title,
      ...placeAt(places, index),
      heading: slice(heading.firstLine, heading.endLine),
      markdown: slice(heading.endLine, dividing[index + 1]?.firstLine),
    })),
  };
}

interface Place {
  readonly depth: number;
  readonly parentIndex: number | null;
}

/** A heading stands under the nearest one before it that has a lower level. */
function placesInTree(headings: readonly Heading[]): Place[] {
  const open: { level: number; index: number }[] = [];
  return headings.map(({ level }, index) => {
    while ((open.at(-1)?.level ?? 0) >= level) open.pop();
    const place = { depth: open.length + 1, parentIndex: open.at(-1)?.index ?? null };
    open.push({ level, index });
    return place;
  });
}

function placeAt(places: readonly Place[], index: number): Place {
  const place = places[index];
  if (!place) throw new Error(`Heading ${index} has no place.`);
  return place;
}
