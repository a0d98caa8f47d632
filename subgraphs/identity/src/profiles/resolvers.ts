import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { existingUser } from '../people/index.ts';
import { changeHandle } from './change-handle.ts';
import { searchPeopleList } from './queries.ts';
import { findPeople, findPersonByHandle } from './service.ts';
import { updateProfile } from './update-profile.ts';

export const resolvers: Resolvers = {
  Query: {
    userByHandle: (_, { handle }, ctx) => findPersonByHandle(ctx, handle),
    searchPeople: async (_, { kind, ...args }, ctx) =>
      toConnection(
        searchPeopleList,
        await findPeople(ctx, { ...args, kind: kind ?? null }),
        args.first,
        ({ score, id, user }) => ({ key: [score, id], node: user }),
      ),
  },
  Mutation: {
    updateProfile: (_, { input }, ctx) =>
      answerWithFailures('UpdateProfileSuccess', () => updateProfile(ctx, input)),
    changeHandle: (_, { input }, ctx) =>
      answerWithFailures('ChangeHandleSuccess', () => changeHandle(ctx, input)),
  },
  Account: {
    visibility: ({ userId }, _, ctx) => existingUser(ctx, userId),
  },
  ProfileVisibilitySettings: {
    bio: ({ bioVisibility }) => bioVisibility,
    location: ({ locationVisibility }) => locationVisibility,
    email: ({ emailVisibility }) => emailVisibility,
    address: ({ addressVisibility }) => addressVisibility,
    avatar: ({ avatarVisibility }) => avatarVisibility,
    search: ({ searchVisibility }) => searchVisibility,
    acquaintances: ({ acquaintanceVisibility }) => acquaintanceVisibility,
  },
};
