import { UserFailure } from '@civitas/platform/errors';

export function postNotFound(): UserFailure {
  return new UserFailure('PostNotFound', 'There is no such post, or it was deleted.', [
    'input',
    'postId',
  ]);
}

export function notCommunityMember(): UserFailure {
  return new UserFailure('NotCommunityMember', 'Only members may do this; join first.', [
    'input',
    'communityId',
  ]);
}
