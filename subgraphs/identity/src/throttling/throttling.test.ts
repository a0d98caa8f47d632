import { CivitasError } from '@civitas/platform/errors';
import { createRedisKeyValueStore } from '@civitas/platform/keyvalue';
import { createLogger } from '@civitas/platform/telemetry';
import { startTestRedis } from '@civitas/testkit';
import { verify } from '@node-rs/argon2';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

vi.mock('@node-rs/argon2', async (load) => {
  const original = await load<typeof import('@node-rs/argon2')>();
  return { ...original, verify: vi.fn<typeof original.verify>(original.verify) };
});

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
    vi.mocked(verify).mockClear();
    await work();
    return vi.mocked(verify).mock.calls.length;
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
