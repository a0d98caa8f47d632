import { UserFailure } from '@civitas/platform/errors';

export function topicRevisionNotFound(): UserFailure {
  const message = 'There is no such revision, or its text cannot be read.';
  return new UserFailure('TopicRevisionNotFound', message, ['input', 'revisionId']);
}
