import { UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { Account, ProofMethod, Session } from '../generated/prisma/client.ts';
import { proveOwnPassword } from '../passwords/index.ts';
import { hasSecondFactor, isSecondFactor, secondFactorsOf } from './methods.ts';

/** How long somebody who has shown who they are need not do so again in the same session. */
export const PROOF_LIFETIME_MS = 10 * 60_000;

/**
 * The signed-in person's account, for something an unattended device must not be enough for: they
 * give the password now, or have shown within ten minutes in this session who they are.
 *
 * @param password null or absent to rely on what was shown before.
 * @throws UserFailure `StepUpRequired` with the methods of the account, `InvalidCredentials`,
 * `TooManyAttempts`.
 */
export async function proveOwner(
  ctx: IdentityContext,
  password: string | null | undefined,
  path: readonly string[],
): Promise<Account> {
  const { id } = requireUser(ctx);
  if (password != null) return proveOwnPassword(ctx, id, password, path);
  if (!(await recentProof(ctx))) throw await stepUpRequired(ctx, id);
  return ctx.db.client.account.findUniqueOrThrow({ where: { userId: id } });
}

/**
 * How the person showed in this session who they are, if that is recent. Read from the database:
 * a session that was ended counts for nothing, though its access token may still be good.
 */
export async function recentProof(ctx: IdentityContext): Promise<ProofMethod | null> {
  const { id: userId, sessionId } = requireUser(ctx);
  const session = await ctx.db.client.session.findFirst({
    where: {
      id: sessionId,
      userId,
      revokedAt: null,
      provedAt: { gt: new Date(ctx.now().getTime() - PROOF_LIFETIME_MS) },
    },
  });
  return session?.provedBy ?? null;
}

/**
 * When somebody last showed in a session all that their account asks for, if that is recent: the second
 * factor where they have one. What access tokens say as `auth_time`, for others than identity to go by.
 */
export async function fullProofOf(
  ctx: IdentityContext,
  { userId, provedAt, provedBy }: Pick<Session, 'userId' | 'provedAt' | 'provedBy'>,
): Promise<Date | null> {
  if (ctx.now().getTime() - provedAt.getTime() >= PROOF_LIFETIME_MS) return null;
  if (isSecondFactor(provedBy)) return provedAt;
  return (await hasSecondFactor(ctx.db.client, userId)) ? null : provedAt;
}

/** @returns a failure that says by which methods the person can show who they are. */
export async function stepUpRequired(ctx: IdentityContext, userId: string): Promise<UserFailure> {
  const account = await ctx.db.client.account.findUnique({ where: { userId } });
  const { totp, passkey } = await secondFactorsOf(ctx.db.client, userId);
  const methods: ProofMethod[] = [];
  if (passkey) methods.push('PASSKEY');
  if (account?.passwordHash) methods.push('PASSWORD');
  if (totp) methods.push('TOTP');
  return new UserFailure('StepUpRequired', 'Show again who you are, then repeat this.', null, {
    methods,
  });
}
