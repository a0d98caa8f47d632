import { randomBytes } from 'node:crypto';
import { createCookieJar } from '@civitas/platform/subgraph';
import { describe, expect, test } from 'vitest';
import { recordingMailer } from '../testing/recording-mailer.ts';
import { signInsOf } from '../testing/sign-ins-of.ts';
import { sql } from '../testing/sql.ts';
import { PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const REFRESH = /* GraphQL */ `
  mutation ($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      __typename
      ... on RefreshSessionSuccess { session { sessionId refreshToken accessToken refreshTokenExpiresAt } }
      ... on UserError { code path }
    }
  }
`;

async function refresh(refreshToken: string) {
  return (await identity.as().run(REFRESH, { input: { refreshToken } })).refreshSession;
}

async function next(refreshToken: string): Promise<string> {
  return (await refresh(refreshToken)).session.refreshToken;
}

const ENDED = {
  __typename: 'SessionEnded',
  code: 'SESSION_ENDED',
  path: ['input', 'refreshToken'],
};

test('a refresh token is traded for another, within the same session', async () => {
  const { refreshToken, viewer } = await identity.register();
  const { session } = await refresh(refreshToken);
  expect(session.sessionId).toBe(viewer.sessionId);
  expect(session.refreshToken).not.toBe(refreshToken);
});

test('twenty parallel refreshes with one token get one and the same successor', async () => {
  const { refreshToken } = await identity.register();
  const answers = await Promise.all(Array.from({ length: 20 }, () => next(refreshToken)));
  expect(new Set(answers).size).toBe(1);
  expect(await next(answers[0] ?? '')).toEqual(expect.any(String));
});

test('a client whose answer was lost gets the same successor for ten seconds, then loses the session', async () => {
  const { refreshToken } = await identity.register();
  const successor = await next(refreshToken);
  clock.advance(9_000);
  expect(await next(refreshToken)).toBe(successor);
  clock.advance(2_000);
  expect(await refresh(refreshToken)).toEqual(ENDED);
  expect(await refresh(successor)).toEqual(ENDED);
});

test('a token two generations old ends the session at once, for thief and owner', async () => {
  const { refreshToken } = await identity.register();
  const newest = await next(await next(refreshToken));
  expect(await refresh(refreshToken)).toEqual(ENDED);
  expect(await refresh(newest)).toEqual(ENDED);
});

test.each([
  '',
  'x',
  'ses_01h455vb4pex5vsknk084sn02q',
  randomBytes(32).toString('base64url'),
  'x'.repeat(1_000_000),
  'a\u0000b',
])(
  'a token that was never given out (%.20j) is refused like an ended one',
  async (refreshToken) => {
    expect(await refresh(refreshToken)).toEqual(ENDED);
  },
);

test('a session that is not used ends after seven days, a used one after thirty', async () => {
  const idle = await identity.register();
  const busy = await identity.register();
  let token = busy.refreshToken;
  clock.advance(6 * DAY_MS);
  token = await next(token);
  clock.advance(DAY_MS + 1);
  expect(await refresh(idle.refreshToken)).toEqual(ENDED);
  for (let week = 0; week < 3; week += 1) {
    token = await next(token);
    clock.advance(6 * DAY_MS);
  }
  const { session } = await refresh(token);
  // 25 days and a millisecond have gone by, so the absolute end comes before the idle one.
  expect(Date.parse(session.refreshTokenExpiresAt) - clock.now().getTime()).toBeLessThan(
    5 * DAY_MS,
  );
  clock.advance(5 * DAY_MS);
  expect(await refresh(session.refreshToken)).toEqual(ENDED);
});

const MY_SESSIONS = /* GraphQL */ `
  query ($first: Int! = 20, $after: String) {
    mySessions(first: $first, after: $after) {
      edges { cursor node { id deviceName current } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const SIGN_IN = /* GraphQL */ `
  mutation ($input: SignInInput!) {
    signIn(input: $input) { ... on SignInSuccess { session { sessionId refreshToken } } }
  }
`;
const SIGN_OUT = /* GraphQL */ `
  mutation ($input: SignOutInput! = {}) {
    signOut(input: $input) { __typename ... on SignOutSuccess { sessionId } ... on UserError { code } }
  }
`;

test('live sessions are listed newest first, page by page, with their device', async () => {
  const { viewer, email } = await identity.register();
  for (const deviceName of ['phone', 'laptop']) {
    clock.advance(1);
    await identity.as().run(SIGN_IN, { input: { email, password: PASSWORD, deviceName } });
  }
  const first = (await identity.as(viewer).run(MY_SESSIONS, { first: 2 })).mySessions;
  expect(first.edges.map((edge: { node: { deviceName: string } }) => edge.node.deviceName)).toEqual(
    ['laptop', 'phone'],
  );
  const after = first.pageInfo.endCursor;
  const second = (await identity.as(viewer).run(MY_SESSIONS, { first: 2, after })).mySessions;
  expect(second.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { id: viewer.sessionId, deviceName: null, current: true },
  ]);
  expect(second.pageInfo.hasNextPage).toBe(false);
});

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';

test('a session says what it was last used with and roughly from where', async () => {
  const { email } = await identity.register();
  const signIn = async (details: Parameters<typeof identity.as>[1]) =>
    (await identity.as(undefined, details).run(SIGN_IN, { input: { email, password: PASSWORD } }))
      .signIn.session;
  const laptop = await signIn({ userAgent: FIREFOX, clientAddress: '192.0.2.77' });
  clock.advance(1);
  await signIn({ userAgent: SAFARI, clientAddress: '2001:db8:1:2::/64' });
  clock.advance(1);
  await signIn({ userAgent: 'curl/8', clientAddress: undefined });
  const viewer = { ...(await identity.register()).viewer, ...(await ownerOf(laptop.sessionId)) };
  const list = async () =>
    (
      await identity
        .as(viewer)
        .run('{ mySessions(first: 3) { edges { node { software deviceKind network current } } } }')
    ).mySessions.edges.map(({ node }: { node: object }) => node);
  expect(await list()).toEqual([
    { software: null, deviceKind: 'UNKNOWN', network: null, current: false },
    {
      software: 'Safari 18 on iOS',
      deviceKind: 'MOBILE',
      network: '2001:db8:1::/48',
      current: false,
    },
    {
      software: 'Firefox 143 on Windows',
      deviceKind: 'DESKTOP',
      network: '192.0.2.0/24',
      current: true,
    },
  ]);
  const moved = { userAgent: FIREFOX.replaceAll('143', '144'), clientAddress: '198.51.100.4' };
  await identity
    .as(undefined, moved)
    .run(REFRESH, { input: { refreshToken: laptop.refreshToken } });
  expect((await list())[2]).toMatchObject({
    software: 'Firefox 144 on Windows',
    network: '198.51.100.0/24',
  });
});

describe('a sign-in on a new device', () => {
  const AT_HOME = { userAgent: FIREFOX, clientAddress: '192.0.2.77' };
  const AWAY = { userAgent: FIREFOX, clientAddress: '198.51.100.4' };
  const [SEEN, NEW] = ['SIGNED_IN', 'SIGNED_IN_ON_NEW_DEVICE'];
  const SIGN_IN_ON = /* GraphQL */ `
    mutation ($input: SignInInput!) {
      signIn(input: $input) { ... on SignInSuccess { session { sessionId deviceToken } } }
    }
  `;
  const signIn = async (email: string, on: object, deviceToken?: string) => {
    const input = { email, password: PASSWORD, deviceToken };
    return (await identity.as(undefined, on).run(SIGN_IN_ON, { input })).signIn.session;
  };
  const told = (email: string) =>
    mailer.sent.filter(({ to, subject }) => to === email && subject.includes('new device'));

  test('is one with a program and from a network that no session had, and without our token', async () => {
    const { email } = await identity.register();
    const { deviceToken } = await signIn(email, AT_HOME);
    const firefox = { ...AT_HOME, userAgent: FIREFOX.replaceAll('143.0', '144.0.1') };
    const safari = { ...AT_HOME, userAgent: SAFARI };
    const somebody = (await signIn((await identity.register()).email, AWAY)).deviceToken;
    await signIn(email, { ...firefox, clientAddress: '192.0.2.1' });
    await signIn(email, { ...safari, clientAddress: '203.0.113.9' }, deviceToken);
    await signIn(email, safari);
    await signIn(email, { ...safari, clientAddress: '203.0.113.10' });
    await signIn(email, AWAY, somebody);
    await signIn(email, {});
    expect(await signInsOf(identity, email)).toEqual([SEEN, NEW, SEEN, SEEN, NEW, SEEN, NEW, SEEN]);
  });

  test('is told to the owner once a day, in our own words', async () => {
    const { email } = await identity.register();
    const strange = { userAgent: 'Call +1 555 0100 now/1.0 (x)', clientAddress: '2001:db8:7::/64' };
    await Promise.all([signIn(email, AT_HOME), signIn(email, AT_HOME), signIn(email, AT_HOME)]);
    const { text } = await mailer.take(email, /new device/);
    expect(text).toMatch(/^On \d{4}-\d\d-\d\d at \d\d:\d\d \(UTC\) somebody signed in/);
    expect(text).toContain('with Firefox on Windows from the network 192.0.2.0/24. ');
    clock.advance(DAY_MS - 60_000);
    await signIn(email, AWAY);
    clock.advance(60_000);
    await signIn(email, strange);
    const next = (await mailer.take(email, /new device/)).text;
    expect(next).toContain('with a program we do not know from the network 2001:db8:7::/48. ');
    expect(told(email)).toHaveLength(2);
    expect((await signInsOf(identity, email)).slice(-2)).toEqual([NEW, NEW]);
  });
});

test('of a session in cookies no answer has a token, whether or not the request asks for cookies', async () => {
  const { email, viewer } = await identity.register();
  const jar = createCookieJar({});
  const kept = (name: string) => jar.changes().find((each) => each.name === name)?.value ?? '';
  const stepUp = async (sessionId: string, details = {}) => {
    const document =
      'mutation ($input: StepUpInput!) { stepUp(input: $input) { ... on StepUpSuccess { accessToken } } }';
    const client = identity.as({ ...viewer, sessionId }, details);
    return (await client.run(document, { input: { password: PASSWORD } })).stepUp.accessToken;
  };
  const input = { email, password: PASSWORD };
  const inBrowser = identity.as(undefined, { cookies: jar });
  const { session } = (await inBrowser.run(SIGN_IN, { input })).signIn;
  expect(session.refreshToken).toBeNull();
  expect(jar.changes().map(({ name }) => name)).toEqual(['access', 'refresh', 'device']);
  const { sessionId } = session;
  const first = kept('access');
  clock.advance(1_000);
  expect(await stepUp(sessionId)).toBeNull();
  expect(kept('access')).toBe(first);
  expect(await stepUp(sessionId, { cookies: jar })).toBeNull();
  expect(kept('access')).not.toBe(first);
  const refreshed = identity.as(undefined, {
    cookies: createCookieJar({ refresh: kept('refresh') }),
  });
  expect(
    (await refreshed.run(REFRESH, { input: {} })).refreshSession.session.accessToken,
  ).toBeNull();
  expect(await stepUp(sessionId)).toBeNull();
  // An app that keeps its tokens itself is answered them.
  expect(await stepUp(viewer.sessionId)).toMatch(/^eyJ/);
});

async function ownerOf(sessionId: string) {
  const text = 'SELECT user_id AS id FROM session WHERE id = $1';
  const [row] = await sql(identity.databaseUrl, text, [sessionId]);
  return { id: row.id as string, sessionId };
}

test('signing out ends the session of the request, and its refresh token is worthless at once', async () => {
  const { viewer, refreshToken } = await identity.register();
  const { signOut } = await identity.as(viewer).run(SIGN_OUT);
  expect(signOut).toEqual({ __typename: 'SignOutSuccess', sessionId: viewer.sessionId });
  expect(await refresh(refreshToken)).toEqual(ENDED);
  expect((await identity.as(viewer).run(MY_SESSIONS)).mySessions.edges).toEqual([]);
});

test('somebody else’s session can neither be ended nor told from one that is not there', async () => {
  const [mine, other] = [await identity.register(), await identity.register()];
  const input = { sessionId: other.viewer.sessionId };
  const { signOut } = await identity.as(mine.viewer).run(SIGN_OUT, { input });
  expect(signOut).toEqual({ __typename: 'SessionNotFound', code: 'SESSION_NOT_FOUND' });
  expect((await refresh(other.refreshToken)).__typename).toBe('RefreshSessionSuccess');
});

test('sessions are for those who are signed in', async () => {
  expect(await identity.as().codes(MY_SESSIONS)).toEqual(['UNAUTHENTICATED']);
  expect(await identity.as().codes(SIGN_OUT)).toEqual(['UNAUTHENTICATED']);
});

test('signing out everywhere ends every session, or all but this one, and nobody else’s', async () => {
  const [mine, other] = [await identity.register(), await identity.register()];
  const everywhere = /* GraphQL */ `
    mutation ($input: SignOutEverywhereInput! = {}) {
      signOutEverywhere(input: $input) { ... on SignOutEverywhereSuccess { endedSessions } }
    }
  `;
  const sign = { input: { email: mine.email, password: PASSWORD } };
  for (let n = 0; n < 2; n += 1) await identity.as().run(SIGN_IN, sign);
  const end = async (input: object) =>
    (await identity.as(mine.viewer).run(everywhere, { input })).signOutEverywhere.endedSessions;
  expect(await end({ keepCurrent: true })).toBe(2);
  const successor = await next(mine.refreshToken);
  expect(await end({})).toBe(1);
  expect(await refresh(successor)).toEqual(ENDED);
  expect((await refresh(other.refreshToken)).__typename).toBe('RefreshSessionSuccess');
  expect(await identity.as().codes(everywhere)).toEqual(['UNAUTHENTICATED']);
});
