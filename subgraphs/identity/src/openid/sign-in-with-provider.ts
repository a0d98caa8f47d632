import { UserFailure } from '@civitas/platform/errors';
import { parseInput, text } from '@civitas/platform/validation';
import { createPerson, personInput, takenFailure } from '../accounts/index.ts';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { ProviderAnswer, User } from '../generated/prisma/client.ts';
import { type MfaRequired, openChallenge } from '../mfa/index.ts';
import { handleTaken, isReservedHandle } from '../profiles/index.ts';
import { hasSecondFactor } from '../proofs/index.ts';
import { type IssuedSession, openSession } from '../sessions/index.ts';
import { createLink } from './link.ts';
import { answerProof, findAnswer, takeAnswer } from './provider-answers.ts';

const deviceName = text({ max: 80 }).nullish();
const signInInput = answerProof.extend({ deviceName });

interface SignedIn {
  readonly user: User;
  readonly session: IssuedSession;
}

interface RegistrationNeeded {
  readonly __typename: 'RegistrationNeeded';
  readonly email: string;
  readonly suggestedName: string | null;
}

/**
 * Signs in whoever a provider's issuer and subject are linked to. An address alone opens nothing: the
 * provider may be wrong about it, and an account with it may have been made by somebody else.
 *
 * @throws UserFailure `ProviderCodeInvalid`, `AccountExists`, `ProviderEmailNotVerified`,
 * `InvalidInput`.
 */
export async function signInWithProvider(
  ctx: IdentityContext,
  input: unknown,
): Promise<SignedIn | MfaRequired | RegistrationNeeded> {
  const { deviceName: device, ...proof } = parseInput(signInInput, input);
  const answer = await findAnswer(ctx, proof);
  const { issuer, subject } = answer;
  const link = await ctx.db.client.externalIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    include: { user: true },
  });
  if (!link) {
    const email = await newAddress(ctx, answer);
    return { __typename: 'RegistrationNeeded', email, suggestedName: answer.name };
  }
  const { user } = link;
  if (await hasSecondFactor(ctx.db.client, user.id)) {
    await ctx.db.inTransaction((tx) => takeAnswer(ctx, tx, answer));
    return openChallenge(ctx, user.id, device ?? null);
  }
  const session = await ctx.db.inTransaction(async (tx) => {
    await takeAnswer(ctx, tx, answer);
    return openSession(ctx, tx, user, { deviceName: device ?? null, provedBy: 'PROVIDER' });
  });
  return { user, session };
}

const registerInput = answerProof.extend({ ...personInput.shape, deviceName });

/**
 * Makes an account that the provider opens and that has no password.
 *
 * @throws UserFailure `ProviderCodeInvalid`, `AccountExists`, `ProviderEmailNotVerified`,
 * `HandleTaken`, `BadgeNumberTaken`, `InvalidInput`.
 */
export async function registerWithProvider(
  ctx: IdentityContext,
  input: unknown,
): Promise<SignedIn> {
  const { deviceName: device, code, codeVerifier, ...person } = parseInput(registerInput, input);
  if (isReservedHandle(person.handle)) throw handleTaken();
  const answer = await findAnswer(ctx, { code, codeVerifier });
  const email = await newAddress(ctx, answer);
  const make = async (tx: IdentityTransaction) => {
    await takeAnswer(ctx, tx, answer);
    const account = { email, passwordHash: null, breachUnknown: false };
    const user = await createPerson(ctx, tx, person, account);
    await createLink(ctx, tx, { answer, userId: user.id, sessionId: null });
    const facts = { deviceName: device ?? null, provedBy: 'PROVIDER' } as const;
    return { user, session: await openSession(ctx, tx, user, facts) };
  };
  try {
    return await ctx.db.inTransaction(make);
  } catch (error) {
    throw takenFailure(error) ?? error;
  }
}

/** The address of a new account: one the provider vouches for, and that nobody here has. */
async function newAddress(
  ctx: IdentityContext,
  { email, emailVerified }: ProviderAnswer,
): Promise<string> {
  if (email === null || !emailVerified) {
    throw new UserFailure(
      'ProviderEmailNotVerified',
      'Confirm your e-mail address with the provider first.',
    );
  }
  const known = await ctx.db.client.account.count({ where: { email } });
  if (known === 0) return email;
  throw new UserFailure(
    'AccountExists',
    'There is an account with your address. Sign in to it, then link the provider.',
  );
}
