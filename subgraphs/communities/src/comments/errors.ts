import { UserFailure } from '@civitas/platform/errors';
import { MAX_DEPTH } from './depth.ts';

/** @param argument where the client named it. */
export function commentNotFound(argument: 'commentId' | 'parentId'): UserFailure {
  return new UserFailure('CommentNotFound', 'There is no such comment, or it was deleted.', [
    'input',
    argument,
  ]);
}

export function replyTooDeep(): UserFailure {
  return new UserFailure(
    'ReplyTooDeep',
    `Replies go ${MAX_DEPTH} levels deep; reply further up.`,
    ['input', 'parentId'],
    { maxDepth: MAX_DEPTH },
  );
}
