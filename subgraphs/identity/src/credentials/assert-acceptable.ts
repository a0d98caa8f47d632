import type { IdentityContext } from '../context.ts';
import { hasSecondFactor } from '../proofs/index.ts';

/**
 * Checks a password somebody wants to have from now on.
 *
 * @returns whether the list of breached passwords could not be asked.
 * @throws UserFailure `InvalidInput`, `WeakPassword` at `input.newPassword`.
 */
export async function assertAcceptable(
  ctx: IdentityContext,
  userId: string,
  password: string,
): Promise<{ breachUnknown: boolean }> {
  const { email, user } = await ctx.db.client.account.findUniqueOrThrow({
    where: { userId },
    include: { user: true },
  });
  return ctx.passwordPolicy.assertAcceptable({
    password,
    path: ['input', 'newPassword'],
    secondFactor: await hasSecondFactor(ctx.db.client, userId),
    about: [email, user.handle, user.displayName],
  });
}
