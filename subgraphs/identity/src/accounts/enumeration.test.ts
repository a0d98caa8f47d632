import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

// Who has an account must not be told by what is answered, nor by how long it takes. Hashes are
// cheap here, the same on both ways, and so is the estimate of a short password: what is looked for is
// any other difference.
const TRIES = 200;
const NEW_PASSWORD = 'q8Zr!mW2#xLp5vT';
const MAX_DIFFERENCE_MS = 10;
const HOUR_MS = 60 * 60_000;
const clock = testClock();
const identity = useIdentity({ clock });

const FIELDS = '__typename ... on UserError { code message path }';
const operations = {
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { ${FIELDS} } }`,
  requestPasswordReset: `mutation ($input: RequestPasswordResetInput!) { result: requestPasswordReset(input: $input) { ${FIELDS} } }`,
  register: `mutation ($input: RegisterInput!) { result: register(input: $input) { ${FIELDS} } }`,
  changeEmail: `mutation ($input: ChangeEmailInput!) { result: changeEmail(input: $input) { ${FIELDS} } }`,
};

/** What both get: a refusal of another kind would be alike, too. */
const ANSWERS = {
  signIn: 'INVALID_CREDENTIALS',
  requestPasswordReset: 'RequestPasswordResetSuccess',
  register: 'RegistrationStarted',
  changeEmail: 'ChangeEmailSuccess',
} as const;

function inputOf(name: keyof typeof operations, email: string): object {
  if (name === 'signIn') return { email, password: 'a wrong password, of some length' };
  if (name === 'requestPasswordReset') return { email };
  if (name === 'changeEmail') return { email, password: PASSWORD };
  const handle = `e${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const profile = { civilian: {} };
  return { email, password: NEW_PASSWORD, displayName: 'Ada Lovelace', handle, profile };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test.each<keyof typeof operations>(['signIn', 'requestPasswordReset', 'register', 'changeEmail'])(
  '%s answers known and unknown addresses alike, in the same time',
  async (name) => {
    const { email: known } = await identity.register();
    const viewer = name === 'changeEmail' ? (await identity.register()).viewer : undefined;
    const times = { known: [] as number[], unknown: [] as number[] };
    const bodies = new Set<string>();
    const attempt = async (who: keyof typeof times, email: string) => {
      const startedAt = performance.now();
      const { data } = await identity
        .as(viewer)
        .execute(operations[name], { input: inputOf(name, email) });
      times[who].push(performance.now() - startedAt);
      bodies.add(JSON.stringify(data));
    };
    for (let n = 0; n < TRIES; n += 1) {
      // Past the window of every limit: what is refused says nothing.
      if (n % 2 === 0) clock.advance(HOUR_MS);
      const unknown = `${randomUUID()}@example.org`;
      // In turn, and each first half of the time, so that both meet the same noise.
      const order = [() => attempt('known', known), () => attempt('unknown', unknown)];
      for (const next of n % 2 === 0 ? order : order.toReversed()) await next();
    }
    expect([...bodies]).toEqual([expect.stringContaining(ANSWERS[name])]);
    expect(Math.abs(median(times.known) - median(times.unknown))).toBeLessThan(MAX_DIFFERENCE_MS);
  },
);
