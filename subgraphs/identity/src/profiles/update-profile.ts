import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';

const visibility = z.enum(['PUBLIC', 'PRIVATE']).nullish();

const updateProfileInput = z.object({
  displayName: text({ max: 80 }).nullish(),
  // Null takes it away; absent leaves it.
  bio: text({ max: 1000, multiline: true }).nullable().optional(),
  acquaintanceVisibility: visibility,
  searchVisibility: visibility,
});

/**
 * Changes what is given of the viewer's profile.
 *
 * @throws UserFailure `InvalidInput`.
 */
export async function updateProfile(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  const { id } = requireUser(ctx);
  const { bio, ...given } = parseInput(updateProfileInput, input);
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
  const data = { ...changes, ...(bio !== undefined && { bio }) };
  return { user: await ctx.db.client.user.update({ where: { id }, data }) };
}
