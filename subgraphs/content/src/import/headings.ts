import type { Token } from 'markdown-it';
import { PARSED_LEVELS, parseBlocks } from '../markdown-blocks.ts';
import { titleOfHeading } from './heading-title.ts';
import { importRefused } from './import-refused.ts';
import type { ImportLimits } from './limits.ts';

/** A heading of the document itself, not one inside a quote, a list, code or HTML. */
export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  /** Plain text; `Untitled` when there is none. */
  readonly title: string;
  /** Lines of the source, counted from 0; two or more for a setext heading. End excluded. */
  readonly firstLine: number;
  readonly endLine: number;
}

/** CommonMark stops at six, so that more of them are a paragraph. */
const TOO_MANY_HASHES = /^#{7,}[ \t]+\S/;

/**
 * Finds the headings that divide a document, in order.
 *
 * @param source with line feeds only.
 * @param skippedLines at the start are not Markdown.
 * @throws UserFailure `ImportRefused`: `NESTED_TOO_DEEP`, `TITLE_TOO_LONG`, `TOO_MANY_TOPICS`.
 */
export function findHeadings(
  source: string,
  skippedLines: number,
  limits: ImportLimits,
): Heading[] {
  const environment = {};
  const tokens = parseBlocks(blankLines(source, skippedLines), environment);
  const headings: Heading[] = [];
  let containers = 0;
  for (const [index, token] of tokens.entries()) {
    if (isContainer(token)) containers += token.nesting;
    refuseNested(token, containers, limits);
    if (token.type !== 'heading_open') continue;
    const [firstLine, endLine] = linesOf(token);
    const level = Number(token.tag.slice(1));
    if (level > limits.maxDepth || containers > limits.maxDepth) {
      throw headingTooDeep(firstLine, limits);
    }
    if (containers > 0) continue;
    if (headings.length === limits.maxTopics) {
      const explanation = `more than ${limits.maxTopics} headings.`;
      throw importRefused('TOO_MANY_TOPICS', explanation, firstLine + 1);
    }
    const written = tokens[index + 1]?.content ?? '';
    const title = titleOfHeading(written, environment, firstLine + 1, limits);
    headings.push({ level, title, firstLine, endLine });
  }
  return headings;
}

/** Line numbers stay what they are. */
function blankLines(source: string, count: number): string {
  return count === 0 ? source : '\n'.repeat(count) + source.split('\n').slice(count).join('\n');
}

/** A list item is not one more level than its list. */
function isContainer({ type }: Token): boolean {
  return /^(?:blockquote|bullet_list|ordered_list)_(?:open|close)$/.test(type);
}

function refuseNested(token: Token, containers: number, limits: ImportLimits): void {
  if (token.nesting === 1 && token.level + 1 >= PARSED_LEVELS) {
    const explanation = `quotes and lists nested ${containers} deep; more are not read.`;
    throw importRefused('NESTED_TOO_DEEP', explanation, linesOf(token)[0] + 1);
  }
  if (token.type !== 'inline') return;
  const line = token.content.split('\n').findIndex((text) => TOO_MANY_HASHES.test(text));
  if (line >= 0) throw headingTooDeep(linesOf(token)[0] + line, limits);
}

function headingTooDeep(firstLine: number, { maxDepth }: ImportLimits) {
  const explanation = `the heading is nested more than ${maxDepth} levels deep.`;
  return importRefused('NESTED_TOO_DEEP', explanation, firstLine + 1);
}

function linesOf(token: Token): [number, number] {
  if (!token.map) throw new Error(`The parser gave no lines for ${token.type}.`);
  return token.map;
}
