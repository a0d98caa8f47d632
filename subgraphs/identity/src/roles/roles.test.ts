import { newId } from '@civitas/platform/ids';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { type Registered, useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const CHANGE = (name: 'grantRole' | 'revokeRole') => /* GraphQL */ `
  mutation ($input: RoleInput!) {
    result: ${name}(input: $input) {
      __typename
      ... on RoleChange { user { id } roles }
      ... on UserError { code path }
    }
  }
`;
const ROLES = '{ myAccount { roles } }';

let ada: Registered;
let bob: Registered;
beforeAll(async () => {
  [ada, bob] = [await identity.register(), await identity.register()];
  await query(`UPDATE "user" SET roles = '{ADMINISTRATOR}' WHERE id = $1`, [ada.viewer.id]);
});

async function query(sql: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  return client.query(sql, values).finally(() => client.end());
}

async function change(
  by: Registered,
  name: 'grantRole' | 'revokeRole',
  whom: Registered,
  role = 'ADMINISTRATOR',
) {
  const input = { userId: whom.viewer.id, role };
  return (await identity.as(by.viewer).run(CHANGE(name), { input })).result;
}

test('an administrator gives and takes roles; the log of the account says who did', async () => {
  for (const _ of [1, 2]) {
    expect(await change(ada, 'grantRole', bob, 'MODERATOR')).toEqual({
      __typename: 'RoleChange',
      user: { id: bob.viewer.id },
      roles: ['MODERATOR'],
    });
  }
  expect((await identity.as(bob.viewer).run(ROLES)).myAccount.roles).toEqual(['MODERATOR']);
  expect((await change(ada, 'revokeRole', bob, 'MODERATOR')).roles).toEqual([]);
  const log = '{ mySecurityEvents(first: 2) { edges { node { type subject actor { id } } } } }';
  const { edges } = (await identity.as(bob.viewer).run(log)).mySecurityEvents;
  const entry = { subject: 'MODERATOR', actor: { id: ada.viewer.id } };
  expect(edges).toEqual([
    { node: { type: 'ROLE_REVOKED', ...entry } },
    { node: { type: 'ROLE_GRANTED', ...entry } },
  ]);
  const { rows } = await query(
    `SELECT payload FROM outbox WHERE type = 'identity.user.roles-changed' AND aggregate_id = $1 ORDER BY position`,
    [bob.viewer.id],
  );
  const told = rows.map(({ payload }) => payload.roles);
  expect(told).toEqual([['MODERATOR'], []]);
});

test('the next access token has the new roles', async () => {
  await change(ada, 'grantRole', bob, 'SUPPORT');
  const refresh = /* GraphQL */ `
    mutation ($input: RefreshSessionInput!) {
      refreshSession(input: $input) { ... on RefreshSessionSuccess { session { accessToken } } }
    }
  `;
  const input = { refreshToken: bob.refreshToken };
  const { session } = (await identity.as().run(refresh, { input })).refreshSession;
  expect(decodeJwt(session.accessToken)['roles']).toEqual(['SUPPORT']);
});

test('a role in a token that was taken away since then opens nothing', async () => {
  const viewer = { ...bob.viewer, roles: ['ADMINISTRATOR'] };
  const input = { userId: bob.viewer.id, role: 'ADMINISTRATOR' };
  expect(await identity.as(viewer).codes(CHANGE('grantRole'), { input })).toEqual(['FORBIDDEN']);
  expect(await identity.as().codes(CHANGE('grantRole'), { input })).toEqual(['UNAUTHENTICATED']);
});

test('two administrators who take the role from each other at once leave one', async () => {
  await change(ada, 'grantRole', bob);
  const input = (whom: Registered) => ({
    input: { userId: whom.viewer.id, role: 'ADMINISTRATOR' },
  });
  await Promise.all([
    identity.as(ada.viewer).execute(CHANGE('revokeRole'), input(bob)),
    identity.as(bob.viewer).execute(CHANGE('revokeRole'), input(ada)),
  ]);
  const { rows } = await query(`SELECT id FROM "user" WHERE 'ADMINISTRATOR' = ANY (roles)`, []);
  expect(rows).toHaveLength(1);
  const left = [ada, bob].find(({ viewer }) => viewer.id === rows[0].id) ?? ada;
  expect((await change(left, 'revokeRole', left)).code).toBe('LAST_ADMINISTRATOR');
});

test('nobody is nobody, and the database knows no other roles', async () => {
  const { rows } = await query(`SELECT id FROM "user" WHERE 'ADMINISTRATOR' = ANY (roles)`, []);
  const admin = [ada, bob].find(({ viewer }) => viewer.id === rows[0].id) ?? ada;
  const ghost = { ...bob, viewer: { ...bob.viewer, id: newId('usr') } };
  expect((await change(admin, 'grantRole', ghost)).code).toBe('PERSON_NOT_FOUND');
  const malformed = { ...bob, viewer: { ...bob.viewer, id: "usr_' OR 1=1" } };
  expect((await change(admin, 'grantRole', malformed)).code).toBe('INVALID_INPUT');
  const king = query(`UPDATE "user" SET roles = '{KING}' WHERE id = $1`, [bob.viewer.id]);
  await expect(king).rejects.toThrow('user_roles_known');
});
