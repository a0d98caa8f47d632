import { UserFailure } from '@civitas/platform/errors';
import { MAX_DEPTH, MAX_MARKDOWN_BYTES, MAX_TOPICS } from './limits.ts';

/** @param field of the input that names the topic. */
export function topicNotFound(
  field: 'topicId' | 'parentId' | 'afterId' | 'beforeId' | 'intoId' | 'fromId',
): UserFailure {
  return new UserFailure('TopicNotFound', 'There is no such topic here.', ['input', field]);
}

export function subjectFull(): UserFailure {
  return new UserFailure('SubjectFull', 'The subject has no room for this.', null, {
    maxTopics: MAX_TOPICS,
    maxMarkdownBytes: MAX_MARKDOWN_BYTES,
  });
}

export function topicTooDeep(): UserFailure {
  const message = `A topic stands at most ${MAX_DEPTH} levels deep.`;
  return new UserFailure('TopicTooDeep', message, ['input', 'parentId'], { maxDepth: MAX_DEPTH });
}
