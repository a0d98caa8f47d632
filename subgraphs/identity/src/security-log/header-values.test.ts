import { randomBytes, randomUUID } from 'node:crypto';
import { validateHeaderValue } from 'node:http';
import { isCivitasError } from '@civitas/platform/errors';
import { createCookieJar } from '@civitas/platform/subgraph';
import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect, test } from 'vitest';
import { recordingMailer } from '../testing/recording-mailer.ts';
import { sql } from '../testing/sql.ts';
import { PASSWORD, RETURN_URL, testClock, useIdentity } from '../testing/use-identity.ts';

// What may become part of a header: of an answer (`location`, `set-cookie`), of a mail (its recipient, its
// subject), of the next request to a provider. Every text that identity takes, by the schema and by its
// routes, is given a line of its own; then whatever came out, and whatever was kept, is looked at.

const MARK = 'x-injected';
const ENDS = [`\r\n${MARK}: 1`, `\n${MARK}: 1`, `\r${MARK}: 1`, `\u0000${MARK}: 1`];
/** Where somebody's text of several lines is kept, which is in no header. */
const TEXTS = [
  'pending_registration.person',
  'user.address',
  'user.bio',
  'user.needs_statement',
  'verification_request.evidence',
];

const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({
  clock,
  mailer,
  providers: () => [
    {
      ...{ id: 'away', name: 'Away', issuer: 'http://localhost:1', clientId: 'civitas' },
      ...{ clientSecret: 'x', scopes: 'openid' },
    },
  ],
});

const unique = () => `h${randomUUID().replaceAll('-', '').slice(0, 20)}`;

/** What passes, where the type alone does not say. */
const GOOD: Readonly<Record<string, () => string | number>> = {
  email: () => `${unique()}@example.org`,
  handle: unique,
  badgeNumber: () => unique().slice(0, 12).toUpperCase(),
  password: () => PASSWORD,
  currentPassword: () => PASSWORD,
  newPassword: () => PASSWORD,
  codeVerifier: () => randomBytes(32).toString('base64url'),
  scopes: () => 'catalogue:read',
  householdSize: () => 3,
  occurredAt: () => new Date().toISOString(),
};

/** The paths of every text in an argument, such as `input.profile.merchant.tradeName`. */
function textsIn(type: GraphQLInputType, path: string): string[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return textsIn(nullable.ofType, path);
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    return fields.flatMap((field) => textsIn(field.type, `${path}.${field.name}`));
  }
  // Passwords are taken as they are, and are in no header.
  if (/password$/i.test(path)) return [];
  return ['String', 'ID', 'PasskeyJson'].includes(getNamedType(nullable).name) ? [path] : [];
}

/** The least that the schema takes, with one text ended by something else. */
function argument(type: GraphQLInputType, path: string, at: string, end: string): unknown {
  const nullable = getNullableType(type);
  const isOnTheWay = at === path || at.startsWith(`${path}.`);
  const name = path.split('.').at(-1) ?? '';
  // Somebody is of one kind, and a civilian unless it is another's text.
  const isKind = path.endsWith('.civilian') && !at.includes('.profile.');
  if (!isOnTheWay && !isNonNullType(type) && !isKind) return undefined;
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    return Object.fromEntries(
      fields.map((field) => [field.name, argument(field.type, `${path}.${field.name}`, at, end)]),
    );
  }
  const [first] = isEnumType(nullable) ? nullable.getValues() : [];
  const good = GOOD[name]?.() ?? first?.name ?? 'words';
  const value = at === path ? `${good}${end}` : good;
  return isListType(nullable) ? [value] : value;
}

test('no text of a mutation comes into a header of a mail or an answer, nor is kept but as text of many lines', async () => {
  const family = { needsStatement: 'A desk.', householdSize: 3 };
  const { viewer } = await identity.register({ family });
  const jar = createCookieJar({});
  const client = identity.as(viewer, { cookies: jar });
  const tried = new Set<string>();
  for (const field of Object.values(
    identity.subgraph.schema.getMutationType()?.getFields() ?? {},
  )) {
    const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join();
    const passed = field.args.map(({ name }) => `${name}: $${name}`).join();
    const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
    const document = `mutation (${declared}) { ${field.name}(${passed}) ${selection} }`;
    for (const at of field.args.flatMap(({ type, name }) => textsIn(type, name))) {
      for (const end of ENDS) {
        const variables = Object.fromEntries(
          field.args.map(({ name, type }) => [name, argument(type, name, at, end)]),
        );
        // Limits are the subject of other tests.
        clock.advance(60 * 60_000);
        const codes = await client.codes(document, variables);
        expect([at, codes.includes('INTERNAL_SERVER_ERROR')]).toEqual([at, false]);
        tried.add(`${field.name}(${at})`);
      }
    }
  }
  expect(tried).toContain('register(input.email)');
  expect(tried.size).toBeGreaterThan(50);
  for (const { value } of jar.changes()) expect(value).toMatch(/^[\w.~-]*$/);
  for (const { id, to, subject } of mailer.sent) expect(id + to + subject).not.toMatch(/\p{Cc}/v);
  expect(await columnsWith(MARK)).toEqual(TEXTS);
});

/** Those of the whole database that hold a word. */
async function columnsWith(word: string): Promise<string[]> {
  const { databaseUrl } = identity;
  const columns = await sql(
    databaseUrl,
    `SELECT table_name AS of, column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type IN ('text', 'ARRAY', 'jsonb', 'USER-DEFINED')`,
  );
  const looks = columns.map(
    ({ of, name }) =>
      `SELECT '${of}.${name}' AS at WHERE EXISTS (
         SELECT FROM "${of}" WHERE strpos("${name}"::text, '${word}') > 0)`,
  );
  const found = await sql(databaseUrl, looks.join(' UNION ALL '));
  return found.map(({ at }) => at as string).sort();
}

test('nothing that is asked of a route comes into a header of its answer', async () => {
  const verifier = randomBytes(32).toString('base64url');
  const good = {
    return_to: RETURN_URL,
    code_challenge: verifier,
    state: 'a',
    code: 'b',
    error: 'c',
  };
  const { routes } = identity.subgraph;
  expect(routes.length).toBeGreaterThan(3);
  const end = ENDS.join('');
  const lines = Object.entries(good).map(([name, value]) => ({ ...good, [name]: value + end }));
  for (const route of routes) {
    for (const query of [good, ...lines, { ...good, [`new${end}`]: 'x' }]) {
      const request = {
        ...{ path: route.path.replace('*', `x${end}`), body: Buffer.alloc(0) },
        query: new URLSearchParams(query),
        headers: { cookie: `__Host-civitas-signin=x${end}` },
      };
      const answer = await Promise.resolve(route.handle(request)).catch((error: unknown) => {
        if (isCivitasError(error)) return { headers: {} };
        throw error;
      });
      for (const [name, value] of Object.entries(answer.headers ?? {})) {
        validateHeaderValue(name, String(value));
        expect(String(value)).not.toContain(`${MARK}:`);
      }
    }
  }
});
