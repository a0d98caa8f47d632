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

/**
 * Takes one attempt to give an account's password. A device that is known for the account has its own
 * count and none of its address: otherwise whoever tries passwords from anywhere, or from behind the
 * same network address, would keep the owner out.
 *
 * @param device as `Devices.recognise` knows it, or a session; null for everybody else.
 * @throws UserFailure `TooManyAttempts`
 */
export async function guardPassword(
  ctx: IdentityContext,
  email: string,
  device: string | null,
): Promise<{ giveBack(): Promise<void> }> {
  const { knownDevice, password } = throttleRules;
  if (device === null) {
    await guardHashing(ctx, password, email);
    return { giveBack: () => ctx.throttle.reset(password, email) };
  }
  const subject = `${device}\0${email}`;
  await ctx.throttle.reserve(knownDevice, subject);
  return { giveBack: () => ctx.throttle.reset(knownDevice, subject) };
}
