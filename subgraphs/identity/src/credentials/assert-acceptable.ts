import type { IdentityContext } from '../context.ts';
import { hasSecondFactor } from '../proofs/index.ts';

/**
 * Checks a password somebody wants to have from now on.
 *
 * @throws UserFailure `InvalidInput`, `WeakPassword` at `input.newPassword`.
 */
export async function assertAcceptable(
  ctx: IdentityContext,
  userId: string,
  password: string,
): Promise<void> {
  const { email, user } = await ctx.db.client.account.findUniqueOrThrow({
    where: { userId },
    include: { user: true },
  });
  await ctx.passwordPolicy.assertAcceptable({
    password,
    path: ['input', 'newPassword'],
    secondFactor: await hasSecondFactor(ctx.db.client, userId),
    about: [email, user.handle, user.displayName],
  });
}
