import { UserFailure } from '@civitas/platform/errors';
import type { TopicNode } from '../topics/index.ts';

export function notEnrolled(path: 'subjectId' | 'topicId'): UserFailure {
  return new UserFailure('NotEnrolled', 'You do not learn this subject.', ['input', path]);
}

export function checkpointsChanged(): UserFailure {
  return new UserFailure('CheckpointsChanged', 'The questions have changed; read them again.', [
    'input',
    'answers',
  ]);
}

export function tooManyAttempts(retryAt: Date): UserFailure {
  const message = `Too many attempts; the next one is possible at ${retryAt.toISOString()}.`;
  return new UserFailure('CheckpointsExhausted', message, null, { retryAt });
}

export function subjectNotCompleted(
  topicsLeft: readonly TopicNode[],
  checkpointsLeft: readonly TopicNode[],
): UserFailure {
  return new UserFailure('SubjectNotCompleted', 'Something is left to learn.', null, {
    topicsLeft: topicsLeft.slice(0, MAX_SHOWN),
    checkpointsLeft: checkpointsLeft.slice(0, MAX_SHOWN),
  });
}

const MAX_SHOWN = 100;
