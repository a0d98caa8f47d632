import { answerWithFailures } from '@civitas/platform/errors';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import type { AvatarSize, Resolvers } from '../generated/resolvers.ts';
import { isVisibleTo } from '../people/index.ts';
import { finishAvatarUpload } from './finish-avatar-upload.ts';
import { removeAvatar } from './remove-avatar.ts';
import { startAvatarUpload } from './start-avatar-upload.ts';

const avatarField = {
  avatar: async (user: User, { size }: { size: AvatarSize }, ctx: IdentityContext) => {
    if (!isVisibleTo(ctx.viewer, user, user.avatarVisibility)) return null;
    const avatar = await ctx.loaders.avatarByUser.load(user.id);
    if (!avatar) return null;
    const { small, medium, large } = avatar;
    return ctx.avatars.addressOf({ SMALL: small, MEDIUM: medium, LARGE: large }[size]);
  },
};

export const resolvers: Resolvers = {
  Civilian: avatarField,
  Merchant: avatarField,
  Officer: avatarField,
  Family: avatarField,
  Donor: avatarField,
  Mutation: {
    startAvatarUpload: (_, { input }, ctx) =>
      answerWithFailures('StartAvatarUploadSuccess', () => startAvatarUpload(ctx, input)),
    finishAvatarUpload: (_, { input }, ctx) =>
      answerWithFailures('FinishAvatarUploadSuccess', () => finishAvatarUpload(ctx, input)),
    removeAvatar: (_, __, ctx) =>
      answerWithFailures('RemoveAvatarSuccess', () => removeAvatar(ctx)),
  },
};
