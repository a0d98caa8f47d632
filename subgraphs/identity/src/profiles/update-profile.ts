import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import type { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { Prisma, User } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { withdrawVerification } from '../verification/index.ts';
import { badgeNumberTaken } from './badge-number-taken.ts';
import { profileChanged } from './events.ts';
import { updateProfileInput } from './profile-input.ts';

type ProfileUpdate = z.output<typeof updateProfileInput>;

/** What oversight vouches for: when one of these changes, it has to look again. */
const VERIFIED_COLUMNS = [
  'tradeName',
  'category',
  'badgeNumber',
  'department',
  'needsStatement',
  'householdSize',
] as const satisfies readonly (keyof User)[];

/**
 * Changes what is given of the viewer's profile (`identity.user.profile-changed`). A changed fact that had been verified, or is about
 * to be, has to be verified anew (`identity.user.verification-ended`).
 *
 * @throws UserFailure `BadgeNumberTaken`, `InvalidInput`, also for the fields of another kind.
 */
export async function updateProfile(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  const { id } = requireUser(ctx);
  const update = parseInput(updateProfileInput, input);
  try {
    const user = await ctx.db.inTransaction(async (tx) => {
      const before = await lockUser(tx, id);
      assertOwnKind(before, update);
      const after = await tx.user.update({ where: { id }, data: columnsOf(update) });
      await appendEvents(tx, [profileChanged(after, ctx.now())]);
      return VERIFIED_COLUMNS.some((column) => before[column] !== after[column])
        ? withdrawVerification(ctx, tx, after)
        : after;
    });
    return { user };
  } catch (error) {
    throw badgeNumberTaken(error, ['input', 'officer']) ?? error;
  }
}

function assertOwnKind(user: User, update: ProfileUpdate): void {
  for (const kind of ['merchant', 'officer', 'family', 'donor'] as const) {
    if (update[kind] == null || kind.toUpperCase() === user.kind) continue;
    const message = `\`input.${kind}\`: is not for a profile of this kind.`;
    throw new UserFailure('InvalidInput', message, ['input', kind]);
  }
}

function columnsOf(update: ProfileUpdate): Prisma.UserUpdateInput {
  const { bio, location, visibility, merchant, officer, family, donor, ...own } = update;
  const { address, ...household } = family ?? {};
  return {
    ...given({ ...own, ...merchant, ...officer, ...household, ...donor }),
    ...given({
      bioVisibility: visibility?.bio,
      locationVisibility: visibility?.location,
      emailVisibility: visibility?.email,
      addressVisibility: visibility?.address,
      avatarVisibility: visibility?.avatar,
    }),
    // Null takes these away.
    ...(bio !== undefined && { bio }),
    ...(location !== undefined && { location }),
    ...(address !== undefined && { address }),
  };
}

function given(fields: Readonly<Record<string, unknown>>): Prisma.UserUpdateInput {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
