import type { SubgraphRequest, SubgraphTransport, Viewer } from '@civitas/platform/subgraph';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { identity } from '../testing/town.ts';
import { townGateway, userWith } from '../testing/town-gateway.ts';

const sent: string[] = [];
let gateway: Gateway;

beforeAll(async () => {
  const inner = inProcessTransport(identity());
  const watched: SubgraphTransport = {
    ...inner,
    execute: (request: SubgraphRequest, origin) => {
      sent.push(request.query);
      return inner.execute(request, origin);
    },
  };
  gateway = await townGateway({ instead: { identity: watched } });
});

beforeEach(() => {
  sent.length = 0;
});

async function ask(query: string, viewer?: Viewer) {
  const { result, status } = await gateway.execute({ query, viewer });
  const errors = result.errors?.map(
    ({ path, extensions }) => `${path?.join('.')} ${String(extensions?.['code'])}`,
  );
  return { data: result.data, errors, status };
}

describe('a protected field that may be null', () => {
  test('is null with an error at every place, and is never fetched', async () => {
    expect(await ask('{ users { name email } }')).toEqual({
      status: 200,
      data: {
        users: [
          { name: 'Ada', email: null },
          { name: 'Bo', email: null },
        ],
      },
      errors: ['users.0.email UNAUTHENTICATED', 'users.1.email UNAUTHENTICATED'],
    });
    expect(sent.join()).not.toContain('email');
  });

  test('at very many places has an error at the first hundred', async () => {
    const aliases = Array.from({ length: 60 }, (_, n) => `e${n}: email`);
    const { errors } = await ask(`{ users { ${aliases.join(' ')} } }`);
    expect(errors).toHaveLength(100);
    expect(errors?.at(0)).toBe('users.0.e0 UNAUTHENTICATED');
  });

  test('is read by who may', async () => {
    expect(await ask('{ user(id: "u1") { email } }', userWith())).toEqual({
      status: 200,
      data: { user: { email: 'ada@town.example' } },
      errors: undefined,
    });
  });

  test('is guarded under an alias, in fragments and under a type condition', async () => {
    const query = `{ user(id: "u1") { ...F ... on Civilian { road: street } } } fragment F on User { post: email }`;
    expect(await ask(query)).toEqual({
      status: 200,
      data: { user: { post: null, road: null } },
      errors: ['user.post UNAUTHENTICATED', 'user.road UNAUTHENTICATED'],
    });
    expect(sent.join()).not.toMatch(/email|street/);
  });

  test('that does not apply to what came back causes no error', async () => {
    expect(await ask('{ user(id: "u2") { name ... on Civilian { street } } }')).toEqual({
      status: 200,
      data: { user: { name: 'Bo' } },
      errors: undefined,
    });
  });

  test('alone in its selection leaves the object there', async () => {
    expect(await ask('{ user(id: "u1") { email } }')).toMatchObject({
      data: { user: { email: null } },
    });
  });

  test('at the root is left out, what stands under it with it', async () => {
    expect(await ask('{ me { email } shelf }')).toEqual({
      status: 200,
      data: { me: null, shelf: 'full' },
      errors: ['me UNAUTHENTICATED'],
    });
    expect(sent).toEqual([]);
  });

  test('is guarded in every subgraph', async () => {
    const query = '{ book(isbn: "b1") { title secret } }';
    expect(await ask(query, userWith('other'))).toEqual({
      status: 200,
      data: { book: { title: 'Title b1', secret: null } },
      errors: ['book.secret FORBIDDEN'],
    });
  });
});

describe('a protected field that cannot be null', () => {
  test('takes the nearest nullable field along', async () => {
    expect(await ask('{ user(id: "u1") { name tag } shelf }', userWith())).toEqual({
      status: 200,
      data: { user: null, shelf: 'full' },
      errors: ['user FORBIDDEN'],
    });
  });

  test('takes everything along when nothing above it can be null', async () => {
    expect(await ask('{ users { tag } }', userWith())).toEqual({
      status: 200,
      data: null,
      errors: ['users.tag FORBIDDEN'],
    });
  });

  test('at the root refuses the operation before anything is fetched', async () => {
    expect(await ask('{ audit shelf }')).toEqual({
      status: 401,
      data: undefined,
      errors: ['audit UNAUTHENTICATED'],
    });
    expect(await ask('{ audit shelf }', userWith())).toMatchObject({
      status: 403,
      errors: ['audit FORBIDDEN'],
    });
    expect(sent).toEqual([]);
  });
});

test('a mutation with a field that is denied runs no part of it', async () => {
  const query = 'mutation { rename(id: "u1", name: "X") { name } purge }';
  expect(await ask(query, userWith())).toEqual({
    status: 403,
    data: undefined,
    errors: ['purge FORBIDDEN'],
  });
  expect(sent).toEqual([]);
  expect(await ask(query, userWith('root'))).toMatchObject({ data: { purge: 1 } });
});

test.each([
  [['audit:read'], false],
  [['audit:all'], false],
  [['audit:read', 'audit:all'], true],
  [['root'], true],
  [['ROOT'], false],
])('scopes %j against [[audit:read, audit:all], [root]]: %s', async (scopes, granted) => {
  expect((await ask('{ audit }', userWith(...scopes))).status).toBe(granted ? 200 : 403);
});

test('a policy is decided by the function of its name', async () => {
  expect(await ask('{ vault }', userWith())).toMatchObject({
    data: { vault: null },
    errors: ['vault FORBIDDEN'],
  });
  const keeper = { ...userWith(), roles: ['KEYS'] };
  expect(await ask('{ vault }', keeper)).toMatchObject({
    data: { vault: 'gold' },
    errors: undefined,
  });
});

describe('a policy that no function of the gateway decides', () => {
  const archive = miniSubgraph(
    'archive',
    `type Query {
      file: String! @policy(policies: [["officer", "verified"], ["administrator"]])
      abyss: String! @policy(policies: [["nobody-knows"]])
      mine: String @policy(policies: [["counted"]])
    }`,
    { Query: { file: () => 'thick', abyss: () => 'deep', mine: () => 'ore' } },
  );
  const asked: string[] = [];
  let own: Gateway;
  beforeAll(async () => {
    own = await createGateway({
      supergraphSdl: compose([archive]),
      transports: new Map([['archive', inProcessTransport(archive)]]),
      verifyAccessToken: async () => userWith(),
      policies: new Map([['counted', (viewer) => asked.push(viewer.type) > 0]]),
      log: silent,
      introspection: true,
    });
    return () => own.stop();
  });
  const statusFor = async (query: string, ...policies: string[]) =>
    (await own.execute({ query, viewer: { ...userWith(), policies } })).status;

  test.each([
    [[], 403],
    [['officer'], 403],
    [['verified', 'merchant'], 403],
    [['ADMINISTRATOR'], 403],
    [['verified', 'officer'], 200],
    [['administrator'], 200],
  ])('holds for whom identity says it: %j is %i', async (policies, status) => {
    expect(await statusFor('{ file }', ...policies)).toBe(status);
  });

  test('and for nobody when nobody knows it, or nobody is signed in', async () => {
    expect(await statusFor('{ abyss }', 'officer', 'verified', 'administrator')).toBe(403);
    expect((await own.execute({ query: '{ file }' })).status).toBe(401);
  });

  test('while one that it does decide is decided once per request', async () => {
    asked.length = 0;
    await own.execute({ query: '{ mine again: mine third: mine }', viewer: userWith() });
    expect(asked).toEqual(['user']);
  });
});

test('the same document is planned apart for those who may and those who may not', async () => {
  const query = '{ user(id: "u2") { name email } }';
  const seen = [await ask(query), await ask(query, userWith()), await ask(query)];
  expect(seen.map(({ data }) => data?.['user'])).toEqual([
    { name: 'Bo', email: null },
    { name: 'Bo', email: 'bo@town.example' },
    { name: 'Bo', email: null },
  ]);
});

describe('a protected field that the plan fetches for itself, as a key', () => {
  const store = miniSubgraph(
    'store',
    /* GraphQL */ `
      type Query {
        boxes: [Box]
      }
      type Box @key(fields: "code") {
        code: ID! @authenticated
        kind: String
      }
    `,
    { Query: { boxes: () => [{ code: 'secret-1', kind: 'k' }] } },
  );
  const labels = miniSubgraph(
    'labels',
    /* GraphQL */ `
      type Box @key(fields: "code") {
        code: ID!
        label: String
      }
    `,
    {
      Box: {
        __resolveReference: ({ code }: { code: string }) => ({ code, label: 'L' }),
      },
    },
  );

  async function askBoxes(query: string) {
    const subgraphs = [store, labels];
    const boxes = await createGateway({
      supergraphSdl: compose(subgraphs),
      transports: new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)])),
      verifyAccessToken: async () => userWith(),
      log: silent,
      introspection: true,
    });
    return boxes.execute({ query });
  }

  test('is not shown, and what it is the key of still is', async () => {
    const { result } = await askBoxes('{ boxes { kind label } }');
    expect(result).toEqual({ data: { boxes: [{ kind: 'k', label: 'L' }] } });
    const denied = await askBoxes('{ boxes { kind code label } }');
    expect(denied.result).toMatchObject({
      data: { boxes: [null] },
      errors: [{ path: ['boxes', 0], extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test.each(['{ boxes { label x: code } }', '{ boxes { label ...F } } fragment F on Box { code }'])(
    'is not shown by another way either: %s',
    async (query) => {
      expect(JSON.stringify((await askBoxes(query)).result)).not.toContain('secret-1');
    },
  );
});

test('a response lists its keys in the order of the operation, denied ones too', async () => {
  const { data } = await ask('{ user(id: "u1") { name email id sold } }');
  expect(JSON.stringify(data)).toBe('{"user":{"name":"Ada","email":null,"id":"u1","sold":3}}');
});
