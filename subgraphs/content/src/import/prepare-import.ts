import { SUBJECT_TITLE_LENGTH } from '../subjects/index.ts';
import type { NewTopic } from '../topics/index.ts';
import { importRefused } from './import-refused.ts';
import { layOutTopics } from './lay-out-topics.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { type Outline, type OutlineTopic, parseMarkdownOutline } from './outline.ts';
import { titleOfFile } from './title-of-file.ts';

/** A document as the rows it becomes, without author and instants. */
export interface PreparedSubject {
  readonly title: string;
  /** Markdown before the first topic; empty when it was long enough to be a topic of its own. */
  readonly description: string;
  /** Source of the heading that became the title; empty when none did. */
  readonly heading: string;
  /** Bytes of all topics' Markdown. */
  readonly markdownBytes: number;
  /** Parents before children, in the order of the document. */
  readonly topics: readonly NewTopic[];
}

interface ImportSource {
  readonly markdown: string;
  readonly title: string | null;
  readonly fileName: string | null;
}

/** A longer text before the first heading is a topic of its own, so that lists stay light. */
const MAX_DESCRIPTION_LENGTH = 20_000;

/**
 * Makes the rows of one imported document. Its title is the given one, or the heading that opens
 * it, or made from the file name. Bounds are {@link IMPORT_LIMITS}.
 *
 * @param newTopicId makes a new `top_` id with each call.
 * @throws UserFailure `ImportRefused`.
 */
export function prepareImport(
  { markdown, title, fileName }: ImportSource,
  newTopicId: () => string,
): PreparedSubject {
  const outline = parseMarkdownOutline(markdown, IMPORT_LIMITS, title);
  const { description, topics } = divideIntroduction(outline);
  return {
    title: title ?? outline.title ?? titleFrom(fileName ?? ''),
    description,
    heading: outline.heading,
    markdownBytes: topics.reduce((sum, topic) => sum + Buffer.byteLength(topic.markdown), 0),
    topics: layOutTopics(topics, newTopicId),
  };
}

function titleFrom(fileName: string): string {
  const title = titleOfFile(fileName)?.slice(0, SUBJECT_TITLE_LENGTH);
  if (title) return title;
  throw importRefused('NO_TITLE', 'Give a title: no heading opens the document.', null);
}

function divideIntroduction({ introduction, topics }: Outline): {
  description: string;
  topics: readonly OutlineTopic[];
} {
  if (introduction.length <= MAX_DESCRIPTION_LENGTH) return { description: introduction, topics };
  if (topics.length === IMPORT_LIMITS.maxTopics) {
    const explanation = 'no room for a topic that holds the text before the first heading.';
    throw importRefused('TOO_MANY_TOPICS', explanation, 1);
  }
  const first = { title: 'Introduction', depth: 1, parentIndex: null, heading: '' };
  const shifted = topics.map((topic) => ({
    ...topic,
    parentIndex: topic.parentIndex === null ? null : topic.parentIndex + 1,
  }));
  return { description: '', topics: [{ ...first, markdown: introduction }, ...shifted] };
}
