import { UserFailure } from '@civitas/platform/errors';

export function communityNotFound(): UserFailure {
  return new UserFailure('CommunityNotFound', 'There is no such community.', [
    'input',
    'communityId',
  ]);
}

export function slugTaken(): UserFailure {
  return new UserFailure('CommunitySlugTaken', 'Another community has this address.', [
    'input',
    'slug',
  ]);
}
