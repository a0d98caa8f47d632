import type { IdentityContext } from '../context.ts';
import { type ThrottleRule, throttleRules } from './rules.ts';

/**
 * Takes one attempt against an account and one of the client's address, before a password is
 * hashed. A refused attempt costs no hash.
 *
 * @param subject the account's e-mail address, whether there is such an account or not.
 * @throws UserFailure `TooManyAttempts`, the same for known and unknown accounts.
 */
export async function guardHashing(
  ctx: IdentityContext,
  rule: ThrottleRule,
  subject: string,
): Promise<void> {
  if (ctx.clientAddress !== undefined) {
    await ctx.throttle.reserve(throttleRules.clientAddress, ctx.clientAddress);
  }
  await ctx.throttle.reserve(rule, subject);
}
