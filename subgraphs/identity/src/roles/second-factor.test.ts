import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { createOperator } from '../operator/index.ts';
import { sql } from '../testing/sql.ts';
import { PASSWORD, type Registered, testClock, useIdentity } from '../testing/use-identity.ts';

// Where it is demanded, as it is unless somebody configures otherwise.
const clock = testClock();
const identity = useIdentity({ clock, rolesNeedSecondFactor: true });

const RIGHTS = 'query ($id: ID!) { presentRights(userId: $id) { roles policies scopes } }';
const ROLES = '{ myAccount { roles rolesWaitForSecondFactor } }';
const perform = async (name: string, input: object, { viewer }: Registered, fields = '') =>
  (
    await identity.as(viewer).run(
      `mutation ($input: ${name === 'disableMfa' ? 'SecondFactor' : name.replace(/^./, (first) => first.toUpperCase())}Input!) {
         result: ${name}(input: $input) { __typename ... on UserError { code } ${fields} } }`,
      { input },
    )
  ).result;

async function administrator(): Promise<Registered> {
  const somebody = await identity.register();
  const operator = createOperator({ databaseUrl: identity.databaseUrl });
  await operator.grantRole(somebody.handle, 'ADMINISTRATOR').finally(operator.stop);
  return somebody;
}

/** What their next access token says, and identity itself. */
async function rightsOf(somebody: Registered, refreshToken: string) {
  const refreshed = await identity.as().run(
    `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
       ... on RefreshSessionSuccess { session { accessToken refreshToken } } } }`,
    { input: { refreshToken } },
  );
  const { session } = refreshed.refreshSession;
  const { roles, policies, scope } = decodeJwt(session.accessToken);
  const { presentRights } = await identity.as().run(RIGHTS, { id: somebody.viewer.id });
  expect(presentRights).toEqual({
    ...{ roles, policies },
    scopes: scope === '' ? [] : String(scope).split(' '),
  });
  return { roles, policies, scope, next: session.refreshToken as string };
}

const grant = async (by: Registered, whom: Registered) =>
  identity
    .as({ ...by.viewer, roles: ['ADMINISTRATOR'], policies: ['administrator'] })
    .execute(
      'mutation ($input: RoleInput!) { grantRole(input: $input) { __typename ... on UserError { code } } }',
      { input: { userId: whom.viewer.id, role: 'MODERATOR' } },
    );

const enrol = async (somebody: Registered): Promise<() => string> => {
  const started = await perform(
    'startTotpEnrolment',
    { password: PASSWORD },
    somebody,
    '... on StartTotpEnrolmentSuccess { secret }',
  );
  const app = new TOTP({ secret: Secret.fromBase32(started.secret) });
  const code = () => app.generate({ timestamp: clock.now().getTime() });
  const confirmed = await perform('confirmTotpEnrolment', { code: code() }, somebody);
  expect(confirmed.__typename).toBe('RecoveryCodes');
  clock.advance(30_000);
  return code;
};

const told = async ({ viewer }: Registered) =>
  (
    await sql(
      identity.databaseUrl,
      `SELECT count(*)::int AS times FROM outbox WHERE type = 'identity.user.roles-changed' AND aggregate_id = $1`,
      [viewer.id],
    )
  )[0]?.['times'];

test('a role counts for nothing but enrolling until its holder has a second factor, and after the last one is gone', async () => {
  const [ada, bob] = [await administrator(), await identity.register()];
  const none = { roles: [], policies: ['civilian'], scope: '' };
  const before = await rightsOf(ada, ada.refreshToken);
  expect(before).toMatchObject(none);
  expect((await identity.as(ada.viewer).run(ROLES)).myAccount).toEqual({
    roles: ['ADMINISTRATOR'],
    rolesWaitForSecondFactor: true,
  });
  expect((await grant(ada, bob)).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');

  const code = await enrol(ada);
  const within = await rightsOf(ada, before.next);
  expect(within).toMatchObject({
    roles: ['ADMINISTRATOR'],
    policies: ['administrator', 'civilian'],
    scope: 'platform:administer',
  });
  expect((await grant(ada, bob)).data.grantRole.__typename).toBe('RoleChange');
  expect((await identity.as(ada.viewer).run(ROLES)).myAccount.rolesWaitForSecondFactor).toBe(false);

  const disabled = await perform(
    'disableMfa',
    { password: PASSWORD, code: code() },
    ada,
    '... on DisableMfaSuccess { account { mfaEnabled } }',
  );
  expect(disabled.account).toEqual({ mfaEnabled: false });
  expect(await rightsOf(ada, within.next)).toMatchObject(none);
  expect((await grant(ada, bob)).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  // By the operator, by the enrolment and by its end: gateways hear of each.
  expect(await told(ada)).toBe(3);
});

test('who has no role is neither asked for a second factor nor told of one', async () => {
  const bob = await identity.register();
  await enrol(bob);
  expect((await identity.as(bob.viewer).run(ROLES)).myAccount).toEqual({
    roles: [],
    rolesWaitForSecondFactor: false,
  });
  expect(await told(bob)).toBe(0);
});
