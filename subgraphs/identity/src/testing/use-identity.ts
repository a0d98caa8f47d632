import { randomUUID } from 'node:crypto';
import { createMemoryKeyValueStore, type KeyValueStore } from '@civitas/platform/keyvalue';
import type { ObjectStore } from '@civitas/platform/objects';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import type { UserKind, UserViewer } from '@civitas/platform/subgraph';
import { type TestSubgraph, userViewer, useTestSubgraph } from '@civitas/testkit';
import { afterAll, expect } from 'vitest';
import { createSubgraph } from '../index.ts';
import type { ProviderConfig } from '../openid/index.ts';
import type { RelyingParty } from '../passkeys/index.ts';
import type { HashParameters } from '../passwords/index.ts';
import { hasToken, type RecordingMailer, recordingMailer, tokenIn } from './recording-mailer.ts';
import { watchedLog } from './watched-log.ts';

export const PASSWORD = 'correct horse battery staple';

/** A clock that tests can move. */
interface TestClock {
  now: () => Date;
  advance(milliseconds: number): void;
}

export function testClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance: (milliseconds) => {
      offsetMs += milliseconds;
    },
  };
}

/** Where an app gets the answer of a sign-in with a provider. */
export const RETURN_URL = 'https://app.civitas.test/signed-in';

/** What a deployment configures. */
export const identityConfig = {
  tokenIssuer: 'https://civitas.test',
  tokenAudience: 'test',
  refreshSecret: 'a secret for tests, 32 characters or more',
  encryptionSecret: 'another secret for tests, 32 characters or more',
  publicUrl: 'https://civitas.test',
  relyingParty: { id: 'civitas.test', origins: ['https://app.civitas.test'] },
} as const;

/** Most tests are of something else. */
const CHEAP_HASHING: HashParameters = { memoryCost: 256, timeCost: 1, parallelism: 1 };

interface IdentityOptions {
  readonly clock?: TestClock;
  readonly mailer?: RecordingMailer;
  readonly breachedPasswordsUrl?: () => string;
  readonly providers?: () => readonly ProviderConfig[];
  /** Asked for when the subgraph is made. */
  readonly relyingParty?: () => RelyingParty;
  /** Made when the subgraph is; in memory when absent. */
  readonly keyValue?: () => Promise<KeyValueStore>;
  /** {@link CHEAP_HASHING} when absent. */
  readonly hashing?: 'as deployed';
  /** False when absent: most tests are of something else. */
  readonly rolesNeedSecondFactor?: boolean;
  /** Where pictures are kept; nowhere when absent. */
  readonly objects?: ObjectStore;
}

/**
 * Identity for the tests of one file. Whatever they do is a story that must leave no secret in the log:
 * after the last of them it is searched for everything they sent and got.
 */
export function useIdentity({
  clock = testClock(),
  mailer = recordingMailer(),
  breachedPasswordsUrl,
  providers = () => [],
  relyingParty = () => identityConfig.relyingParty,
  objects,
  hashing,
  rolesNeedSecondFactor = false,
  keyValue = async () => createMemoryKeyValueStore({ now: clock.now }),
}: IdentityOptions = {}): TestSubgraph & {
  /**
   * Registers somebody with unique data and signs them in; `profile` decides the kind. The address is
   * confirmed, as that of everybody who registers.
   */
  register(
    profile?: Record<string, unknown>,
    account?: { readonly email: string },
  ): Promise<Registered>;
  /** What was logged so far. */
  logged(): string;
} {
  const watched = watchedLog();
  const { refreshSecret, encryptionSecret } = identityConfig;
  for (const secret of [PASSWORD, refreshSecret, encryptionSecret]) watched.hide(secret);
  afterAll(() => {
    for (const mail of mailer.sent) if (hasToken(mail)) watched.hide(tokenIn(mail));
    expect(watched.leaks(), 'secrets in the log').toEqual([]);
  });
  const subgraph = useTestSubgraph('identity', async (dependencies) =>
    createSubgraph({
      ...dependencies,
      keyValue: await keyValue(),
      pubsub: createInProcessPubSub(dependencies),
      mailer,
      log: watched.log,
      ...(objects && { objects }),
      ...identityConfig,
      hashing: hashing === 'as deployed' ? undefined : CHEAP_HASHING,
      relyingParty: relyingParty(),
      providers: providers(),
      rolesNeedSecondFactor,
      signInReturnUrls: [RETURN_URL],
      breachedPasswordsUrl: breachedPasswordsUrl?.(),
      now: clock.now,
    }),
  );
  const as: TestSubgraph['as'] = (viewer, details) => watched.watch(subgraph.as(viewer, details));
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(subgraph),
      ...Object.getOwnPropertyDescriptors({
        as,
        register: (profile?: Record<string, unknown>, account?: { readonly email: string }) =>
          register({ as }, mailer, profile, account),
        logged: watched.text,
      }),
    },
  ) as ReturnType<typeof useIdentity>;
}

export interface Registered {
  readonly viewer: UserViewer;
  readonly email: string;
  readonly handle: string;
  readonly refreshToken: string;
  readonly accessToken: string;
}

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterInput!) {
    register(input: $input) {
      __typename
      ... on RegistrationStarted { registrationToken }
      ... on UserError { code path }
    }
  }
`;

const CONFIRM = /* GraphQL */ `
  mutation ($input: ConfirmRegistrationInput!) {
    confirmRegistration(input: $input) {
      __typename
      ... on RegisterSuccess {
        user { id }
        session { sessionId accessToken refreshToken }
      }
      ... on UserError { code path }
    }
  }
`;

async function register(
  identity: Pick<TestSubgraph, 'as'>,
  mailer: RecordingMailer,
  profile: Record<string, unknown> = { civilian: {} },
  account?: { readonly email: string },
): Promise<Registered> {
  const handle = `t${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const email = account?.email ?? `${handle}@example.org`;
  const input = { email, password: PASSWORD, displayName: 'Test Person', handle, profile };
  const { register: started } = await identity.as().run(REGISTER, { input });
  const { registrationToken } = started;
  if (registrationToken === undefined) throw new Error(JSON.stringify(started));
  const code = tokenIn(await mailer.take(email, /^Finish your registration/));
  const confirmation = { input: { registrationToken, code } };
  const { confirmRegistration: result } = await identity.as().run(CONFIRM, confirmation);
  if (result.__typename !== 'RegisterSuccess') throw new Error(JSON.stringify(result));
  const { sessionId, accessToken, refreshToken } = result.session;
  const kind = (Object.keys(profile)[0] ?? 'civilian').toUpperCase() as UserKind;
  const viewer = userViewer({ id: result.user.id, kind, sessionId });
  return { viewer, email, handle, accessToken, refreshToken };
}
