import { type ExchangedSubject, type ExchangedTopic, parentIndexes } from './exchanged-subject.ts';

const DEEPEST_HEADING = 6;

/**
 * Writes a subject as one Markdown document. What was imported from one and not rearranged comes out byte for byte;
 * headings that stand at another level by now, or have none, are written anew. Levels below the sixth
 * become the sixth. Pure.
 */
export function toMarkdown(subject: ExchangedSubject): string {
  const { title, heading, description, topics } = subject;
  const levels = headingLevels(topics);
  const isTitled = heading !== '' || !levels.includes(1);
  let text = heading === '' && isTitled ? `# ${title}\n\n` : heading;
  text += description;
  for (const [index, topic] of topics.entries()) {
    const level = levels[index] ?? 2;
    const written = topic.heading ?? '';
    const isKept = written !== '' && levelOf(written) === level;
    if (!isKept && text !== '') text = endParagraph(text);
    text += isKept ? written : `${'#'.repeat(level)} ${topic.title}\n`;
    if (!isKept && topic.markdown !== '' && !topic.markdown.startsWith('\n')) text += '\n';
    text += topic.markdown;
  }
  return text;
}

/**
 * The level of each topic's heading: its own where the tree comes out the same, deeper than its
 * parent's and no deeper than that of the sibling before.
 */
function headingLevels(topics: readonly ExchangedTopic[]): number[] {
  const parents = parentIndexes(topics);
  const levels: number[] = [];
  const before = new Map<number | null, number>();
  for (const [index, topic] of topics.entries()) {
    const parent = parents[index] ?? null;
    const above = parent === null ? 0 : (levels[parent] ?? 0);
    const sibling = before.get(parent);
    const own = levelOf(topic.heading ?? '');
    const isFit = own > above && (sibling === undefined || own <= sibling);
    const made = sibling ?? (parent === null ? 2 : above + 1);
    const level = Math.min(isFit ? own : made, DEEPEST_HEADING);
    levels.push(level);
    before.set(parent, level);
  }
  return levels;
}

/** 0 for what is no heading. */
function levelOf(heading: string): number {
  const hashes = /^ {0,3}(#{1,6})(?:[ \t]|$)/m.exec(heading.trimStart())?.[1];
  if (hashes !== undefined) return hashes.length;
  const underline = /\n {0,3}(=+|-+)[ \t]*\n?$/.exec(heading)?.[1];
  if (underline === undefined) return 0;
  return underline.startsWith('=') ? 1 : 2;
}

function endParagraph(text: string): string {
  if (text.endsWith('\n\n')) return text;
  return text.endsWith('\n') ? `${text}\n` : `${text}\n\n`;
}
