import { randomUUID } from 'node:crypto';
import { CivitasError } from '@civitas/platform/errors';
import { createRedisKeyValueStore } from '@civitas/platform/keyvalue';
import { createLogger } from '@civitas/platform/telemetry';
import { startTestRedis } from '@civitas/testkit';
import { Piscina } from 'piscina';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

/** What is given to the threads that hash. */
const hashing = vi.spyOn(Piscina.prototype, 'run');
afterAll(() => hashing.mockRestore());

const ALLOWED = 10;
const WINDOW_MS = 15 * 60_000;

const SIGN_IN = /* GraphQL */ `
  mutation ($input: SignInInput!) { signIn(input: $input) { ...Outcome } }
  fragment Outcome on SignInResult {
    __typename
    ... on UserError { code message path }
    ... on TooManyAttempts { retryAfterSeconds }
  }
`;

const redis = await startTestRedis();
afterAll(() => redis.stop());

describe.each(['memory', 'redis'])('counted in %s', (kind) => {
  const clock = testClock();
  const log = createLogger({ name: 'identity', level: 'silent' });
  const identity = useIdentity({
    clock,
    ...(kind === 'redis' && {
      keyValue: async () => createRedisKeyValueStore({ redisUrl: redis.url, log }),
    }),
  });

  async function signIn(email: string, password: string) {
    return (await identity.as().run(SIGN_IN, { input: { email, password } })).signIn;
  }

  /** The hashes that `work` cost. */
  async function hashes(work: () => Promise<unknown>): Promise<number> {
    hashing.mockClear();
    await work();
    return hashing.mock.calls.length;
  }

  test('fifty parallel wrong passwords cost the hashes of ten, and the right one must wait too', async () => {
    const { email } = await identity.register();
    const guess = (_: unknown, n: number) => signIn(email, `a wrong password, number ${n}`);
    let answers: { code: string }[] = [];
    const cost = await hashes(async () => {
      answers = await Promise.all(Array.from({ length: 50 }, guess));
    });
    expect(cost).toBe(ALLOWED);
    const codes = answers.map(({ code }) => code).sort();
    expect(codes).toEqual([
      ...Array(ALLOWED).fill('INVALID_CREDENTIALS'),
      ...Array(40).fill('TOO_MANY_ATTEMPTS'),
    ]);
    const refused = await signIn(email, PASSWORD);
    expect(refused).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', path: null });
    expect(refused.retryAfterSeconds).toBeGreaterThan(WINDOW_MS / 1000 - 30);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(WINDOW_MS / 1000);
  });

  test('a hundred aliased guesses in one document are counted one by one, however the address is written', async () => {
    const { email } = await identity.register();
    const spellings = [email, email.toUpperCase(), ` ${email} `];
    const guesses = Array.from({ length: 100 }, (_, n) => {
      const address = JSON.stringify(spellings[n % 3]);
      return `g${n}: signIn(input: { email: ${address}, password: "guess ${n}" }) { __typename }`;
    });
    expect(await hashes(() => identity.as().run(`mutation { ${guesses.join('\n')} }`))).toBe(
      ALLOWED,
    );
  });

  test('known and unknown accounts are refused alike, at the same attempt', async () => {
    const { email } = await identity.register();
    const outcomes = async (address: string) => {
      const answers = [];
      for (let n = 0; n < 12; n += 1) {
        const answer = await signIn(address, 'not the password at all');
        answers.push({ ...answer, ...(answer.retryAfterSeconds && { retryAfterSeconds: '…' }) });
      }
      return answers;
    };
    expect(await outcomes(`nobody.${email}`)).toEqual(await outcomes(email));
  });

  test('signing in gives the attempts back; those of others are untouched', async () => {
    const { email } = await identity.register();
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < ALLOWED - 1; n += 1) await signIn(email, 'not the password at all');
      expect((await signIn(email, PASSWORD)).__typename).toBe('SignInSuccess');
    }
  });
});

describe.each(['memory', 'redis'])('devices, counted in %s', (kind) => {
  const clock = testClock();
  const log = createLogger({ name: 'identity', level: 'silent' });
  const identity = useIdentity({
    clock,
    ...(kind === 'redis' && {
      keyValue: async () => createRedisKeyValueStore({ redisUrl: redis.url, log }),
    }),
  });
  const SIGN_IN_ON_DEVICE = /* GraphQL */ `
    mutation ($input: SignInInput!) {
      signIn(input: $input) {
        __typename
        ... on SignInSuccess { session { sessionId deviceToken } }
      }
    }
  `;

  async function signIn(input: { email: string; password: string; deviceToken?: string }) {
    const { signIn: answer } = await identity.as().run(SIGN_IN_ON_DEVICE, { input });
    return answer;
  }

  const wrong = 'not the password at all';

  test('a stranger who uses up the attempts of an account keeps its owner’s device out of nothing', async () => {
    const { email, viewer } = await identity.register();
    const { deviceToken } = (await signIn({ email, password: PASSWORD })).session;
    const strangers = Array.from({ length: 12 }, () => signIn({ email, password: wrong }));
    const outcomes = (await Promise.all(strangers)).map(({ __typename }) => __typename);
    expect(outcomes.filter((outcome) => outcome === 'TooManyAttempts')).toHaveLength(2);
    expect((await signIn({ email, password: PASSWORD })).__typename).toBe('TooManyAttempts');
    expect((await signIn({ email, password: PASSWORD, deviceToken })).__typename).toBe(
      'SignInSuccess',
    );
    // Nor out of what takes the password in a session.
    const stepUp = 'mutation ($input: StepUpInput!) { stepUp(input: $input) { __typename } }';
    const { stepUp: shown } = await identity
      .as(viewer)
      .run(stepUp, { input: { password: PASSWORD } });
    expect(shown.__typename).toBe('StepUpSuccess');
  });

  test('a device has ten attempts of its own, and none where it is not known', async () => {
    const [mine, other] = [await identity.register(), await identity.register()];
    const { email } = mine;
    const { deviceToken } = (await signIn({ email, password: PASSWORD })).session;
    const tampered = `${deviceToken.slice(0, -4)}AAAA`;
    const guess = (input: object) => signIn({ email, password: wrong, ...input });
    // Counted with everybody's: forged, and of an account that never used the device.
    for (const token of [tampered, 'x', '1.2.3.4', '']) await guess({ deviceToken: token });
    await guess({ email: other.email, deviceToken });
    const own = Array.from({ length: 12 }, () => guess({ deviceToken }));
    const answers = (await Promise.all(own)).map(({ __typename }) => __typename);
    expect(answers.filter((answer) => answer === 'InvalidCredentials')).toHaveLength(ALLOWED);
    expect(answers.filter((answer) => answer === 'TooManyAttempts')).toHaveLength(2);
    expect((await guess({ deviceToken, password: PASSWORD })).__typename).toBe('TooManyAttempts');
    // The account's count is what it was: four of ten.
    for (let n = 0; n < 6; n += 1) {
      expect((await guess({})).__typename).toBe('InvalidCredentials');
    }
    expect((await guess({})).__typename).toBe('TooManyAttempts');
  });

  test('a device that two people use knows both, and is forgotten after 400 days', async () => {
    const [ada, ben] = [await identity.register(), await identity.register()];
    const first = (await signIn({ email: ada.email, password: PASSWORD })).session.deviceToken;
    const both = (await signIn({ email: ben.email, password: PASSWORD, deviceToken: first }))
      .session.deviceToken;
    const exhaust = async (email: string) => {
      for (let n = 0; n < ALLOWED; n += 1) await signIn({ email, password: wrong });
    };
    await Promise.all([exhaust(ada.email), exhaust(ben.email)]);
    for (const { email } of [ada, ben]) {
      const answer = await signIn({ email, password: PASSWORD, deviceToken: both });
      expect(answer.__typename).toBe('SignInSuccess');
    }
    clock.advance(400 * 24 * 60 * 60_000);
    await exhaust(ada.email);
    const late = await signIn({ email: ada.email, password: PASSWORD, deviceToken: both });
    expect(late.__typename).toBe('TooManyAttempts');
  });
});

describe('as time goes by', () => {
  const clock = testClock();
  const identity = useIdentity({ clock });

  test('nobody is locked out for good: trying does not prolong the wait', async () => {
    const { email } = await identity.register();
    const signIn = async (password: string) =>
      (await identity.as().run(SIGN_IN, { input: { email, password } })).signIn.__typename;
    for (let n = 0; n < ALLOWED; n += 1) await signIn('not the password at all');
    clock.advance(WINDOW_MS / 2);
    expect(await signIn(PASSWORD)).toBe('TooManyAttempts');
    clock.advance(WINDOW_MS / 2);
    expect(await signIn(PASSWORD)).toBe('SignInSuccess');
  });

  test('one address causes three hundred hashes in a quarter of an hour, whomever it asks for', async () => {
    const from = async (clientAddress: string) =>
      (
        await identity.as(undefined, { clientAddress }).run(SIGN_IN, {
          input: { email: `${randomUUID()}@example.org`, password: 'not the password at all' },
        })
      ).signIn.__typename;
    const answers: string[] = [];
    // No more at once than wait for a hash.
    for (let n = 0; n < 6; n += 1) {
      const tries = Array.from({ length: 51 }, () => from('192.0.2.1'));
      answers.push(...(await Promise.all(tries)));
    }
    expect(answers.filter((each) => each === 'InvalidCredentials')).toHaveLength(300);
    expect(answers.filter((each) => each === 'TooManyAttempts')).toHaveLength(6);
    expect(await from('192.0.2.2')).toBe('InvalidCredentials');
  });

  test('a session is refreshed at most sixty times a minute', async () => {
    const { refreshToken } = await identity.register();
    const query = /* GraphQL */ `
      mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename } }
    `;
    const refresh = async () =>
      (await identity.as().run(query, { input: { refreshToken } })).refreshSession.__typename;
    const answers = await Promise.all(Array.from({ length: 65 }, refresh));
    expect(answers.filter((answer) => answer === 'TooManyAttempts')).toHaveLength(5);
    expect(new Set(answers)).toEqual(new Set(['RefreshSessionSuccess', 'TooManyAttempts']));
  });
});

describe('with a store that does not answer', () => {
  const away = () => Promise.reject(new CivitasError('SERVICE_UNAVAILABLE'));
  const identity = useIdentity({
    keyValue: async () => ({
      get: away,
      set: away,
      setIfAbsent: away,
      delete: away,
      increment: away,
      takeToken: away,
      close: async () => undefined,
    }),
  });

  test('people can sign in, and guessing is limited all the same', async () => {
    const { email } = await identity.register();
    const signIn = async (password: string) =>
      (await identity.as().run(SIGN_IN, { input: { email, password } })).signIn.__typename;
    expect(await signIn(PASSWORD)).toBe('SignInSuccess');
    for (let n = 0; n < ALLOWED; n += 1) await signIn('not the password at all');
    expect(await signIn(PASSWORD)).toBe('TooManyAttempts');
  });
});
