import { UserFailure } from '@civitas/platform/errors';
import { parseInput, text } from '@civitas/platform/validation';
import type { z } from 'zod';
import { createPerson, personInput, takenFailure } from '../accounts/index.ts';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import { deviceToken } from '../devices/index.ts';
import type { ProviderAnswer, User } from '../generated/prisma/client.ts';
import { type MfaRequired, openChallenge } from '../mfa/index.ts';
import { handleTaken, isReservedHandle } from '../profiles/index.ts';
import { hasSecondFactor } from '../proofs/index.ts';
import { type OpenedSession, openSession } from '../sessions/index.ts';
import { createLink } from './link.ts';
import { answerProof, rememberOpened, takeAnswer, withAnswer } from './provider-answers.ts';

const deviceName = text({ max: 80 }).nullish();
const signInInput = answerProof.extend({ deviceName, deviceToken: deviceToken.nullish() });
type Device = Omit<z.output<typeof signInInput>, keyof typeof answerProof.shape>;

interface SignedIn {
  readonly user: User;
  readonly session: OpenedSession;
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
  const { code, codeVerifier, ...device } = parseInput(signInInput, input);
  return withAnswer(ctx, { code, codeVerifier }, (answer) => openByLink(ctx, answer, device));
}

async function openByLink(
  ctx: IdentityContext,
  answer: ProviderAnswer,
  device: Device,
): Promise<SignedIn | MfaRequired | RegistrationNeeded> {
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
    return openChallenge(ctx, user.id, device.deviceName);
  }
  return ctx.db.inTransaction(async (tx) => {
    await takeAnswer(ctx, tx, answer);
    const { email } = await tx.account.findUniqueOrThrow({ where: { userId: user.id } });
    return open(ctx, tx, answer, user, { ...device, email });
  });
}

/** Opens a session by an answer that was just taken, in the same transaction. */
async function open(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  answer: ProviderAnswer,
  user: User,
  device: Device & { readonly email: string },
): Promise<SignedIn> {
  const session = await openSession(ctx, tx, user, { ...device, provedBy: 'PROVIDER' });
  await rememberOpened(tx, answer, session.sessionId);
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
  const given = parseInput(registerInput, input);
  const { deviceName: device, code, codeVerifier, ...person } = given;
  if (isReservedHandle(person.handle)) throw handleTaken();
  return withAnswer(ctx, { code, codeVerifier }, (answer) => make(ctx, answer, person, device));
}

async function make(
  ctx: IdentityContext,
  answer: ProviderAnswer,
  person: z.output<typeof personInput>,
  device: Device['deviceName'],
): Promise<SignedIn> {
  const email = await newAddress(ctx, answer);
  const register = async (tx: IdentityTransaction) => {
    await takeAnswer(ctx, tx, answer);
    const account = { email, passwordHash: null, breachUnknown: false };
    const user = await createPerson(ctx, tx, person, account);
    await createLink(ctx, tx, { answer, userId: user.id, sessionId: null });
    return open(ctx, tx, answer, user, { deviceName: device, email });
  };
  try {
    return await ctx.db.inTransaction(register);
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
