import { UserFailure } from '@civitas/platform/errors';

/** Of one topic. */
export const MAX_THREADS = 1_000;
/** Of one thread. */
export const MAX_ANSWERS = 200;

export function topicCommentNotFound(): UserFailure {
  const message = 'There is no such comment.';
  return new UserFailure('TopicCommentNotFound', message, ['input', 'commentId']);
}

export function topicCommentTextGone(): UserFailure {
  const message = 'The quoted text is not in the topic any more.';
  return new UserFailure('TopicCommentTextGone', message, ['input', 'quote']);
}

export function topicCommentsFull(): UserFailure {
  return new UserFailure('TopicCommentsFull', 'There is no room for more comments.', null, {
    maxThreads: MAX_THREADS,
    maxAnswers: MAX_ANSWERS,
  });
}
