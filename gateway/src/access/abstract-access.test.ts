import type { Viewer } from '@civitas/platform/subgraph';
import type { GraphQLFormattedError } from 'graphql';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../create-gateway.ts';
import type { Increment, IncrementalResult } from '../pipeline/types.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { userWith } from '../testing/town-gateway.ts';
import { watchedTransport } from '../testing/watched-transport.ts';

// What is protected and reached by a detour: through an interface, through fields that another
// subgraph adds by @interfaceObject, in deferred fragments, and by the entrance that is the gateway's.

const people = miniSubgraph(
  'people',
  /* GraphQL */ `
    type Query { members: [Member!]! badge: Badge anything: [Anything!] }
    type Mutation { enrol: Member }
    interface Named { name: String }
    interface Member implements Named @key(fields: "id") { id: ID! name: String age: Int rank: Int! }
    type Guest implements Member & Named @key(fields: "id") { id: ID! name: String age: Int rank: Int! }
    type Resident implements Member & Named @key(fields: "id") {
      id: ID!
      name: String
      age: Int @authenticated
      rank: Int! @requiresScopes(scopes: [["rank"]])
    }
    type Badge @authenticated { number: String holder: Member }
    union Anything = Guest | Badge
  `,
  {
    Query: {
      members: () => [member('m1', 'Guest'), member('m2', 'Resident')],
      badge: () => ({ number: 'b-7', holder: member('m2', 'Resident') }),
      anything: () => [member('m1', 'Guest'), { __typename: 'Badge', number: 'b-7' }],
    },
    Mutation: { enrol: () => member('m1', 'Guest') },
    Member: { __resolveReference: ({ id }: { id: string }) => byId(id) },
    Guest: { __resolveReference: ({ id }: { id: string }) => byId(id) },
    Resident: { __resolveReference: ({ id }: { id: string }) => byId(id) },
  },
);

const bank = miniSubgraph(
  'bank',
  /* GraphQL */ `
    type Member @key(fields: "id") @interfaceObject {
      id: ID!
      bench: String
      balance: Int @authenticated
      debt: Int! @requiresScopes(scopes: [["debt"]])
      standing: Standing
      vault: Vault
    }
    enum Standing @authenticated { GOOD }
    type Vault @policy(policies: [["keyholder"]]) { gold: Int }
  `,
  {
    Member: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      bench: () => 'third',
      balance: () => 5,
      debt: () => 1,
      standing: () => 'GOOD',
      vault: () => ({ gold: 9 }),
    },
  },
);

const member = (id: string, kind: string) => ({
  __typename: kind,
  id,
  name: `name of ${id}`,
  age: 40,
  rank: 3,
});
const byId = (id: string) => member(id, id === 'm1' ? 'Guest' : 'Resident');

const watched = { people: watchedTransport(people), bank: watchedTransport(bank) };
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    supergraphSdl: compose([people, bank]),
    transports: new Map(Object.entries(watched).map(([name, { transport }]) => [name, transport])),
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
  });
  return () => gateway.stop();
});
beforeEach(() => {
  for (const { seen } of Object.values(watched)) seen.length = 0;
});

const sentTo = (name: keyof typeof watched) =>
  watched[name].seen.map(({ request }) => request.query).join('\n');

const told = (errors: readonly GraphQLFormattedError[] = []) =>
  errors.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions?.['code'])}`);

async function ask(query: string, viewer?: Viewer) {
  const { result, status } = await gateway.execute({ query, viewer });
  return { status, data: result.data, errors: told(result.errors) };
}

/** The parts of an answer in parts: what came first, then every increment as it came. */
async function askInParts(query: string, viewer?: Viewer) {
  const answer = await gateway.open({ query, viewer, incremental: true });
  if (!('increments' in answer)) throw new Error(JSON.stringify(answer));
  const parts: IncrementalResult[] = [];
  for await (const part of answer.increments) parts.push(part);
  const [first, ...rest] = parts as unknown as [
    { data: unknown; errors?: GraphQLFormattedError[] },
  ];
  const increments = (rest as { incremental?: readonly Increment[] }[]).flatMap(
    ({ incremental = [] }) =>
      incremental.map(({ path, data, errors }) => ({
        at: path.join('.'),
        data,
        errors: told(errors),
      })),
  );
  return { first: { data: first.data, errors: told(first.errors) }, increments };
}

describe('on an interface', () => {
  test('a field is as protected as its most protected implementation', async () => {
    expect(await ask('{ members { id age } }')).toEqual({
      status: 200,
      data: {
        members: [
          { id: 'm1', age: null },
          { id: 'm2', age: null },
        ],
      },
      errors: ['members.0.age UNAUTHENTICATED', 'members.1.age UNAUTHENTICATED'],
    });
    expect(sentTo('people')).not.toContain('age');
  });

  test('each implementation is asked for what it lets be read', async () => {
    const query = '{ members { ... on Guest { age } ... on Resident { years: age } } }';
    expect(await ask(query)).toEqual({
      status: 200,
      data: { members: [{ age: 40 }, { years: null }] },
      errors: ['members.1.years UNAUTHENTICATED'],
    });
  });

  test.each([
    '{ members { ... on Named { ... on Resident { age } } } }',
    '{ members { ... on Named { ... on Member { age } } } }',
    '{ members { ...M } } fragment M on Member { ...R } fragment R on Resident { age }',
    '{ members { ... @include(if: true) { ... on Resident { x: age age } } } }',
  ])('no chain of conditions leads around it: %s', async (query) => {
    const { data, errors } = await ask(query);
    expect(JSON.stringify(data)).not.toContain('40');
    expect(new Set(errors.map((each) => each.split(' ')[1]))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(sentTo('people')).not.toMatch(/\bage\b/);
  });

  test('a field that cannot be null takes the nearest that can along', async () => {
    expect(await ask('{ badge { holder { rank } } }', userWith())).toMatchObject({
      data: { badge: { holder: null } },
      errors: ['badge.holder FORBIDDEN'],
    });
    expect(await ask('{ badge { holder { rank } } }', userWith('rank'))).toMatchObject({
      data: { badge: { holder: { rank: 3 } } },
    });
  });

  test('a protected type is not read as a member of a union either', async () => {
    expect(await ask('{ anything { ... on Badge { number } ... on Guest { id } } }')).toMatchObject(
      {
        data: { anything: [{ id: 'm1' }, { number: null }] },
        errors: ['anything.1.number UNAUTHENTICATED'],
      },
    );
    expect(sentTo('people')).not.toContain('number');
  });
});

describe('what a subgraph adds by @interfaceObject', () => {
  test.each([
    ['{ members { bench balance } }', 'balance'],
    ['{ members { bench ... on Guest { balance } ... on Resident { balance } } }', 'balance'],
    ['{ members { bench standing } }', 'standing'],
    ['{ members { bench vault { gold } } }', 'vault'],
  ])('is protected on the interface and on every kind: %s', async (query, field) => {
    const { data, errors } = await ask(query);
    expect(data).toEqual({
      members: [
        { bench: 'third', [field]: null },
        { bench: 'third', [field]: null },
      ],
    });
    expect(errors).toEqual([0, 1].map((at) => `members.${at}.${field} UNAUTHENTICATED`));
    expect(sentTo('bank')).toContain('bench');
    expect(sentTo('bank')).not.toContain(field);
  });

  test('is read by who may', async () => {
    const keeper = { ...userWith('debt'), policies: ['keyholder'] };
    const query = '{ members { balance standing debt vault { gold } } }';
    expect(await ask(query, keeper)).toMatchObject({
      data: { members: [0, 1].map(() => ({ balance: 5, debt: 1, vault: { gold: 9 } })) },
      errors: [],
    });
  });

  test('takes everything along where nothing around it can be null', async () => {
    expect(await ask('{ members { id debt } }', userWith())).toMatchObject({
      data: null,
      errors: ['members.debt FORBIDDEN'],
    });
    expect(sentTo('bank')).toBe('');
  });
});

describe('in a deferred fragment', () => {
  test('a field of an interface, or added to one, is left out and said there', async () => {
    const query = '{ members { id ... @defer { bench balance age } } }';
    const { first, increments } = await askInParts(query);
    expect(first).toEqual({ data: { members: [{ id: 'm1' }, { id: 'm2' }] }, errors: [] });
    expect(increments).toEqual(
      [0, 1].map((at) => ({
        at: `members.${at}`,
        data: { bench: 'third', balance: null, age: null },
        errors: [`members.${at}.balance UNAUTHENTICATED`, `members.${at}.age UNAUTHENTICATED`],
      })),
    );
    expect(`${sentTo('bank')}${sentTo('people')}`).not.toMatch(/balance|age/);
  });

  test('one that is for a kind alone is left out of that kind alone', async () => {
    const query = '{ members { id ... on Resident @defer { age bench } ... on Guest { age } } }';
    const { first, increments } = await askInParts(query);
    expect(first.data).toEqual({ members: [{ id: 'm1', age: 40 }, { id: 'm2' }] });
    expect(increments).toEqual([
      {
        at: 'members.1',
        data: { age: null, bench: 'third' },
        errors: ['members.1.age UNAUTHENTICATED'],
      },
    ]);
  });

  test('one that cannot be null takes its fragment along and nothing else', async () => {
    const { first, increments } = await askInParts(
      '{ members { id ... @defer { bench debt } } }',
      userWith(),
    );
    expect(first).toEqual({ data: { members: [{ id: 'm1' }, { id: 'm2' }] }, errors: [] });
    expect(increments.map(({ data }) => data)).toEqual([null, null]);
    expect(increments[0]?.errors).toEqual(['members.0.debt FORBIDDEN']);
    expect(sentTo('bank')).not.toContain('debt');
  });

  test('what stands below something denied is denied with it, deferred or not', async () => {
    const { first, increments } = await askInParts(
      '{ badge { number ... @defer { holder { bench } } } members { ... @defer { bench } } }',
    );
    expect(first).toMatchObject({ data: { badge: null }, errors: ['badge UNAUTHENTICATED'] });
    expect(increments.map(({ at }) => at)).toEqual(['members.0', 'members.1']);
    expect(sentTo('people')).not.toContain('badge');
  });

  test('of a mutation it is left out of what comes later', async () => {
    const query = 'mutation { enrol { id ... @defer { balance bench } } }';
    const { first, increments } = await askInParts(query);
    expect(first.data).toEqual({ enrol: { id: 'm1' } });
    expect(increments).toMatchObject([{ data: { balance: null, bench: 'third' } }]);
  });
});

test.each([
  '{ _service { sdl } }',
  '{ _entities(representations: [{ __typename: "Resident", id: "m2" }]) { ... on Resident { age } } }',
  'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }',
])('nobody enters by the door of the gateway: %s', async (query) => {
  for (const viewer of [undefined, userWith('rank')]) {
    const { status, data } = await ask(query, viewer);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
  }
  expect(Object.values(watched).flatMap(({ seen }) => seen)).toEqual([]);
});
