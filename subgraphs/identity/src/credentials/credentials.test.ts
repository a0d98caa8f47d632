import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Piscina } from 'piscina';
import { afterAll, expect, test, vi } from 'vitest';
import { recordingMailer, tokenIn } from '../testing/recording-mailer.ts';
import { unconfirmAddress } from '../testing/unconfirm-address.ts';
import { PASSWORD, type Registered, testClock, useIdentity } from '../testing/use-identity.ts';

/** What is given to the threads that hash. */
const hashing = vi.spyOn(Piscina.prototype, 'run');
afterAll(() => hashing.mockRestore());

const DAY_MS = 24 * 60 * 60_000;
const NEW_PASSWORD = 'a different battery of staples';
const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const OUTCOME = '__typename ... on UserError { code path }';
const operations = {
  verifyEmail: `mutation ($input: VerifyEmailInput!) { result: verifyEmail(input: $input) { ${OUTCOME} ... on VerifyEmailSuccess { email } } }`,
  changeEmail: `mutation ($input: ChangeEmailInput!) { result: changeEmail(input: $input) { ${OUTCOME} ... on ChangeEmailSuccess { pendingEmail } } }`,
  changePassword: `mutation ($input: ChangePasswordInput!) { result: changePassword(input: $input) { ${OUTCOME} ... on ChangePasswordSuccess { endedSessions } } }`,
  requestPasswordReset: `mutation ($input: RequestPasswordResetInput!) { result: requestPasswordReset(input: $input) { ${OUTCOME} ... on RequestPasswordResetSuccess { recipient } } }`,
  resetPassword: `mutation ($input: ResetPasswordInput!) { result: resetPassword(input: $input) { ${OUTCOME} ... on ResetPasswordSuccess { endedSessions } } }`,
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { ${OUTCOME} } }`,
  refreshSession: `mutation ($input: RefreshSessionInput!) { result: refreshSession(input: $input) { ${OUTCOME} } }`,
};
const SEND_VERIFICATION = `mutation { result: sendVerificationEmail { ${OUTCOME} } }`;
const MY_ACCOUNT = '{ myAccount { email emailVerified } }';
const MY_EVENTS = '{ mySecurityEvents(first: 100) { edges { node { type sessionId } } } }';

async function perform(
  name: keyof typeof operations,
  input: Record<string, unknown>,
  viewer?: Registered['viewer'],
) {
  return (await identity.as(viewer).run(operations[name], { input })).result;
}

async function eventsOf({ viewer }: Registered): Promise<string[]> {
  const { mySecurityEvents } = await identity.as(viewer).run(MY_EVENTS);
  return mySecurityEvents.edges.map((edge: { node: { type: string } }) => edge.node.type);
}

/** An account from before registering took a confirmed address. */
async function unconfirmed(): Promise<Registered> {
  const somebody = await identity.register();
  await unconfirmAddress(identity, somebody);
  return somebody;
}

async function verificationOf({ email, viewer }: Registered): Promise<string> {
  await identity.as(viewer).run(SEND_VERIFICATION);
  return tokenIn(await mailer.take(email, /^Confirm your e-mail/));
}

async function resetTokenOf(email: string): Promise<string> {
  await perform('requestPasswordReset', { email });
  return tokenIn(await mailer.take(email, /^Reset/));
}

async function signsIn(email: string, password: string): Promise<boolean> {
  return (await perform('signIn', { email, password })).__typename === 'SignInSuccess';
}

const INVALID_TOKEN = { code: 'ONE_TIME_TOKEN_INVALID', path: ['input', 'token'] };

test('the token of a mail confirms an address, once', async () => {
  const somebody = await unconfirmed();
  const account = async () => (await identity.as(somebody.viewer).run(MY_ACCOUNT)).myAccount;
  expect(await account()).toEqual({ email: somebody.email, emailVerified: false });
  const token = await verificationOf(somebody);
  const results = await Promise.all(
    Array.from({ length: 20 }, () => perform('verifyEmail', { token })),
  );
  expect(results.filter(({ __typename }) => __typename === 'VerifyEmailSuccess')).toEqual([
    { __typename: 'VerifyEmailSuccess', email: somebody.email },
  ]);
  expect(results.filter(({ code }) => code === INVALID_TOKEN.code)).toHaveLength(19);
  expect(await account()).toEqual({ email: somebody.email, emailVerified: true });
  const again = await identity.as(somebody.viewer).run(SEND_VERIFICATION);
  expect(again.result.code).toBe('EMAIL_ALREADY_VERIFIED');
});

test('a verification works for a day, and not after a newer one was sent', async () => {
  const somebody = await unconfirmed();
  const old = await verificationOf(somebody);
  const token = await verificationOf(somebody);
  expect(await perform('verifyEmail', { token: old })).toMatchObject(INVALID_TOKEN);
  clock.advance(DAY_MS + 1);
  expect(await perform('verifyEmail', { token })).toMatchObject(INVALID_TOKEN);
});

test('tokens are stored as hashes only, and nothing of a mail stays once it is sent', async () => {
  const somebody = await unconfirmed();
  const token = await verificationOf(somebody);
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  const { rows } = await client
    .query(
      'SELECT t.*, p.id FROM one_time_token t LEFT JOIN pending_mail p USING (user_id) WHERE t.user_id = $1',
      [somebody.viewer.id],
    )
    .finally(() => client.end());
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token);
});

test('an account moves to an address when its reader says so; the old address is told twice', async () => {
  const somebody = await identity.register();
  const wanted = `new.${somebody.email}`;
  const input = { email: wanted.toUpperCase(), password: PASSWORD };
  const asked = await perform('changeEmail', input, somebody.viewer);
  expect(asked).toEqual({ __typename: 'ChangeEmailSuccess', pendingEmail: wanted });
  const token = tokenIn(await mailer.take(wanted, /new e-mail/));
  await mailer.take(somebody.email, /about to change/);
  expect(await signsIn(wanted, PASSWORD)).toBe(false);
  expect(await perform('verifyEmail', { token })).toMatchObject({ email: wanted });
  await mailer.take(somebody.email, /has changed/);
  expect(await signsIn(somebody.email, PASSWORD)).toBe(false);
  expect(await signsIn(wanted, PASSWORD)).toBe(true);
  expect(await eventsOf(somebody)).toEqual(
    expect.arrayContaining(['EMAIL_CHANGE_REQUESTED', 'EMAIL_CHANGED']),
  );
});

test('asking for somebody else’s address tells its reader, and nothing to who asks', async () => {
  const [mine, other] = [await identity.register(), await identity.register()];
  const ask = (email: string) => perform('changeEmail', { email, password: PASSWORD }, mine.viewer);
  const taken = await ask(other.email);
  expect(taken).toEqual({ __typename: 'ChangeEmailSuccess', pendingEmail: other.email });
  expect((await ask(`free.${other.email}`)).__typename).toBe(taken.__typename);
  const mail = await mailer.take(other.email, /belongs to an account/);
  expect(() => tokenIn(mail)).toThrow('No token');
});

test('an address that is taken between asking and confirming stays with who took it', async () => {
  const somebody = await identity.register();
  const email = `late.${somebody.email}`;
  await perform('changeEmail', { email, password: PASSWORD }, somebody.viewer);
  const token = tokenIn(await mailer.take(email, /new e-mail/));
  await identity.register({ civilian: {} }, { email });
  expect((await perform('verifyEmail', { token })).code).toBe('EMAIL_TAKEN');
});

test('another password takes the current one, ends the other sessions and keeps this one', async () => {
  const somebody = await identity.register();
  await perform('signIn', { email: somebody.email, password: PASSWORD });
  const change = (currentPassword: string, newPassword = NEW_PASSWORD) =>
    perform('changePassword', { currentPassword, newPassword }, somebody.viewer);
  expect(await change('not the password at all')).toMatchObject({
    code: 'INVALID_CREDENTIALS',
    path: ['input', 'currentPassword'],
  });
  expect(await change(PASSWORD, 'too short')).toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', 'newPassword'],
  });
  const asked = await resetTokenOf(somebody.email);
  expect(await change(PASSWORD)).toMatchObject({ endedSessions: 1 });
  // Who had asked for a reset before cannot undo it.
  expect(
    await perform('resetPassword', { token: asked, newPassword: 'an older idea of a password' }),
  ).toMatchObject(INVALID_TOKEN);
  await mailer.take(somebody.email, /password has changed/);
  expect(await signsIn(somebody.email, PASSWORD)).toBe(false);
  expect(await signsIn(somebody.email, NEW_PASSWORD)).toBe(true);
  const { refreshToken } = somebody;
  expect((await perform('refreshSession', { refreshToken })).__typename).toBe(
    'RefreshSessionSuccess',
  );
});

test('of five changes with the same current password at once, one is made', async () => {
  const { viewer, email } = await identity.register();
  const passwords = Array.from({ length: 5 }, (_, n) => `${NEW_PASSWORD}, number ${n}`);
  const answers = await Promise.all(
    passwords.map((newPassword) =>
      identity
        .as(viewer)
        .execute(operations.changePassword, { input: { currentPassword: PASSWORD, newPassword } }),
    ),
  );
  const made = answers.map(({ data }) => data?.result?.__typename === 'ChangePasswordSuccess');
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await signsIn(email, passwords[made.indexOf(true)] ?? '')).toBe(true);
});

test('a forgotten password is reset by a token that works once, also when twenty try at a time', async () => {
  const somebody = await identity.register();
  const token = await resetTokenOf(somebody.email);
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      perform('resetPassword', { token, newPassword: `${NEW_PASSWORD} ${n}` }),
    ),
  );
  const succeeded = results.map(({ __typename }) => __typename === 'ResetPasswordSuccess');
  expect(succeeded.filter(Boolean)).toHaveLength(1);
  expect(await signsIn(somebody.email, PASSWORD)).toBe(false);
  expect(await signsIn(somebody.email, `${NEW_PASSWORD} ${succeeded.indexOf(true)}`)).toBe(true);
  const { refreshToken } = somebody;
  expect((await perform('refreshSession', { refreshToken })).code).toBe('SESSION_ENDED');
  const events = await eventsOf(somebody);
  expect(events.filter((type) => type === 'PASSWORD_RESET')).toHaveLength(1);
});

test('a reset ends after half an hour, and a wrong token costs no hash', async () => {
  const somebody = await unconfirmed();
  const token = await resetTokenOf(somebody.email);
  clock.advance(30 * 60_000);
  const verification = await verificationOf(somebody);
  hashing.mockClear();
  for (const wrong of [
    token,
    verification,
    '',
    'x'.repeat(200),
    'a\u0000b',
    randomBytes(32).toString('base64url'),
  ]) {
    const result = await perform('resetPassword', { token: wrong, newPassword: NEW_PASSWORD });
    expect(result).toMatchObject(INVALID_TOKEN);
  }
  expect(hashing).not.toHaveBeenCalled();
});

test('a reset token does not confirm an address', async () => {
  const somebody = await identity.register();
  const token = await resetTokenOf(somebody.email);
  expect(await perform('verifyEmail', { token })).toMatchObject(INVALID_TOKEN);
  const reset = await perform('resetPassword', { token, newPassword: NEW_PASSWORD });
  expect(reset.__typename).toBe('ResetPasswordSuccess');
});

test('a reset undoes what somebody who had got in was about to do to the address', async () => {
  const somebody = await identity.register();
  const email = `thief.${somebody.email}`;
  await perform('changeEmail', { email, password: PASSWORD }, somebody.viewer);
  const thiefs = tokenIn(await mailer.take(email, /new e-mail/));
  const token = await resetTokenOf(somebody.email);
  await perform('resetPassword', { token, newPassword: NEW_PASSWORD });
  expect(await perform('verifyEmail', { token: thiefs })).toMatchObject(INVALID_TOKEN);
});

test('asking to reset is answered alike for everybody, and no account means no mail', async () => {
  const somebody = await identity.register();
  const unknown = `nobody.${somebody.email}`;
  const ask = (email: string) => perform('requestPasswordReset', { email });
  expect(await ask(unknown)).toEqual({ ...(await ask(somebody.email)), recipient: unknown });
  await mailer.take(somebody.email, /^Reset/);
  // The unknown one was asked first, and mail goes out in that order.
  expect(mailer.sent.filter(({ to }) => to === unknown)).toEqual([]);
  const codes = [];
  for (let n = 0; n < 6; n += 1) codes.push((await ask(unknown)).code);
  expect(codes.slice(4)).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS']);
});

test('what concerns an account is for who is signed in to it', async () => {
  for (const query of [MY_ACCOUNT, MY_EVENTS, SEND_VERIFICATION]) {
    expect(await identity.as().codes(query)).toEqual(['UNAUTHENTICATED']);
  }
  const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  expect(await identity.as().codes(operations.changePassword, { input: change })).toEqual([
    'UNAUTHENTICATED',
  ]);
  const email = { email: 'a@example.org', password: PASSWORD };
  expect(await identity.as().codes(operations.changeEmail, { input: email })).toEqual([
    'UNAUTHENTICATED',
  ]);
});

test('the log of an account is its owner’s, page by page, and cannot be rewritten', async () => {
  const [mine, other] = [await identity.register(), await identity.register()];
  expect(await eventsOf(mine)).toEqual(['SIGNED_IN', 'REGISTERED']);
  await perform('signIn', { email: mine.email, password: PASSWORD });
  const page = /* GraphQL */ `
    query ($first: Int!, $after: String) {
      mySecurityEvents(first: $first, after: $after) {
        edges { node { id type } } pageInfo { hasNextPage endCursor }
      }
    }
  `;
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { mySecurityEvents } = await identity.as(mine.viewer).run(page, { first: 1, after });
    ids.push(mySecurityEvents.edges[0].node.id);
    after = mySecurityEvents.pageInfo.hasNextPage ? mySecurityEvents.pageInfo.endCursor : null;
  } while (after !== null);
  expect(new Set(ids).size).toBe(3);
  const theirs = (await identity.as(other.viewer).run(page, { first: 100 })).mySecurityEvents;
  expect(theirs.edges.some((edge: { node: { id: string } }) => ids.includes(edge.node.id))).toBe(
    false,
  );
  for (const first of [0, 1_000_000]) {
    expect(await identity.as(mine.viewer).codes(page, { first })).toEqual([
      'PAGE_SIZE_OUT_OF_RANGE',
    ]);
  }
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  for (const sql of ['DELETE FROM security_event', `UPDATE security_event SET subject = 'x'`]) {
    await expect(client.query(sql)).rejects.toThrow('append-only');
  }
  await client.end();
});
