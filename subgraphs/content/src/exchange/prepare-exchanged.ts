import {
  IMPORT_LIMITS,
  importRefused,
  layOutTopics,
  type PreparedSubject,
  titleOfFile,
} from '../import/index.ts';
import {
  findControlCharacter,
  MAX_DEPTH,
  MAX_MARKDOWN_BYTES,
  MAX_TOPIC_MARKDOWN_LENGTH,
  normalizeLineEnds,
} from '../topics/index.ts';
import { type ExchangedSubject, type ExchangedTopic, parentIndexes } from './exchanged-subject.ts';

const UNTITLED = 'Untitled';
const MAX_DESCRIPTION_LENGTH = 20_000;
const MAX_HEADING_LENGTH = 5_000;

/**
 * Checks what a file holds against the bounds of a subject and makes its rows.
 *
 * @param newTopicId makes a new `top_` id with each call.
 * @throws UserFailure `ImportRefused`.
 */
export function prepareExchanged(
  { description, heading, topics, ...subject }: ExchangedSubject,
  { title, fileName }: { readonly title: string | null; readonly fileName: string },
  newTopicId: () => string,
): PreparedSubject {
  const isLong = description.length > MAX_DESCRIPTION_LENGTH;
  const first = { title: 'Introduction', heading: null, markdown: description, depth: 1 };
  const all = (isLong ? [first, ...topics] : topics).map(checkTopic);
  if (all.length > IMPORT_LIMITS.maxTopics) {
    throw importRefused('TOO_MANY_TOPICS', `more than ${IMPORT_LIMITS.maxTopics} topics.`, null);
  }
  const markdownBytes = all.reduce((sum, { markdown }) => sum + Buffer.byteLength(markdown), 0);
  if (markdownBytes > MAX_MARKDOWN_BYTES) {
    throw importRefused('TOO_LARGE', `more than ${MAX_MARKDOWN_BYTES} bytes of text.`, null);
  }
  const parents = parentIndexes(all);
  const outline = all.map((topic, index) => ({ ...topic, parentIndex: parents[index] ?? null }));
  const own = checkTitle(subject.title);
  return {
    title: title ?? (own === UNTITLED ? (titleOfFile(fileName) ?? UNTITLED) : own),
    description: isLong ? '' : checkText(description, MAX_DESCRIPTION_LENGTH),
    heading: title === null || title === own ? checkText(heading, MAX_HEADING_LENGTH) : '',
    markdownBytes,
    topics: layOutTopics(outline, newTopicId),
  };
}

function checkTopic({ title, heading, markdown, depth }: ExchangedTopic): ExchangedTopic {
  if (depth > MAX_DEPTH) {
    throw importRefused('NESTED_TOO_DEEP', `topics nested more than ${MAX_DEPTH} deep.`, null);
  }
  return {
    title: checkTitle(title),
    heading: heading === null ? null : checkText(heading, MAX_HEADING_LENGTH),
    markdown: checkText(markdown, MAX_TOPIC_MARKDOWN_LENGTH),
    depth,
  };
}

function checkTitle(written: string): string {
  const title = written.replaceAll(/\s+/g, ' ').normalize().trim();
  if (title.length > IMPORT_LIMITS.maxTitleLength) {
    const explanation = `a title has more than ${IMPORT_LIMITS.maxTitleLength} characters.`;
    throw importRefused('TITLE_TOO_LONG', explanation, null);
  }
  return title === '' ? UNTITLED : checkText(title, title.length);
}

function checkText(written: string, maxLength: number): string {
  const text = normalizeLineEnds(written);
  if (text.length > maxLength) {
    throw importRefused('TOO_LARGE', `a text has more than ${maxLength} characters.`, null);
  }
  if (findControlCharacter(text) >= 0) {
    throw importRefused('NOT_TEXT', 'a text contains control characters.', null);
  }
  return text;
}
