import type { Viewer } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { FieldVisibility, User } from '../generated/prisma/client.ts';

/** Whether a field that its owner shows to `visibility` is for this viewer to read. */
export function isVisibleTo(viewer: Viewer, owner: User, visibility: FieldVisibility): boolean {
  switch (visibility) {
    case 'PUBLIC':
      return true;
    case 'SIGNED_IN':
      return viewer.type === 'user';
    case 'ONLY_ME':
      return viewer.type === 'user' && viewer.id === owner.id;
  }
}

// Resolvers of the fields whose owner decides who reads them. Every path to a person leads through
// these: `user`, lists, search, the fields of other subgraphs, `_entities`.

/** The same for all five kinds. */
export const visibleFields = {
  bio: (user: User, _: unknown, { viewer }: IdentityContext) =>
    isVisibleTo(viewer, user, user.bioVisibility) ? user.bio : null,
  location: (user: User, _: unknown, { viewer }: IdentityContext) =>
    isVisibleTo(viewer, user, user.locationVisibility) ? user.location : null,
  email: async (user: User, _: unknown, { viewer, loaders }: IdentityContext) =>
    isVisibleTo(viewer, user, user.emailVisibility) ? loaders.confirmedEmail.load(user.id) : null,
};

export function visibleAddress(user: User, _: unknown, { viewer }: IdentityContext): string | null {
  return isVisibleTo(viewer, user, user.addressVisibility) ? user.address : null;
}
