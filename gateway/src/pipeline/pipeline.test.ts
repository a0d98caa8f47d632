import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../create-gateway.ts';
import { townGateway, unreachable, userWith } from '../testing/town-gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await townGateway();
});
afterAll(() => gateway.stop());

const codes = (response: Awaited<ReturnType<Gateway['execute']>>) =>
  response.result.errors?.map(({ extensions }) => extensions?.['code']);

describe('an operation over three subgraphs', () => {
  const query = /* GraphQL */ `
    query Books($id: ID!) {
      user(id: $id) { __typename name sold soldTotal books { title } ... on Civilian { id } }
      shelf
    }
  `;

  test('answers as one graph, with the fields of an interface object and exact big numbers', async () => {
    const { result, status } = await gateway.execute({ query, variables: { id: 'u1' } });
    expect(status).toBe(200);
    expect(result).toEqual({
      data: {
        user: {
          __typename: 'Civilian',
          name: 'Ada',
          sold: 3,
          soldTotal: '9007199254740993',
          books: [{ title: 'Title b1' }, { title: 'Title b2' }],
          id: 'u1',
        },
        shelf: 'full',
      },
    });
  });

  test('is planned with one fetch per subgraph and level', () => {
    const { summary, fetches, text } = gateway.queryPlan(query);
    expect(summary.map(({ subgraph, path }) => `${subgraph} ${path}`.trim()).sort()).toEqual([
      'identity',
      'library',
      'library user.books.@',
      'trade user',
    ]);
    expect(fetches).toBe(4);
    expect(text).toContain('Flatten(path: "user.books.@")');
  });

  test('carries the viewer and the request id to the subgraph', async () => {
    const request = { query: '{ whoAsks }', requestId: 'request-1' };
    const asked = [
      await gateway.execute(request),
      await gateway.execute({ ...request, authorization: 'Bearer good' }),
    ];
    expect(asked.map(({ result }) => result.data?.['whoAsks'])).toEqual([
      'anonymous request-1',
      'usr_1 books:secret request-1',
    ]);
  });

  test('one of several operations is chosen by name, and an unknown name is refused', async () => {
    const both = 'query A { shelf } mutation B { rename(id: "u2", name: "Cy") { name } }';
    const chosen = await gateway.execute({ query: both, operationName: 'B' });
    expect(chosen.result).toEqual({ data: { rename: { name: 'Cy' } } });
    expect(codes(await gateway.execute({ query: both }))).toEqual(['OPERATION_NOT_FOUND']);
    expect(codes(await gateway.execute({ query: both, operationName: 'C' }))).toEqual([
      'OPERATION_NOT_FOUND',
    ]);
  });

  test('the schema can be introspected where that is on', async () => {
    const { result } = await gateway.execute({ query: '{ __type(name: "User") { kind } }' });
    expect(result).toEqual({ data: { __type: { kind: 'INTERFACE' } } });
  });
});

describe("a client's mistake is refused with its code before anything is fetched", () => {
  test.each([
    ['{ users', 'GRAPHQL_PARSE_FAILED'],
    ['', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothingLikeThis }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ user { name } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'query ($representations: ID!) { user(id: $representations) { sold } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['fragment A on Query { shelf }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { ticks }', 'OPERATION_NOT_SUPPORTED'],
  ])('%s', async (query, code) => {
    const { result, status } = await gateway.execute({ query });
    expect(status).toBe(400);
    expect(result).not.toHaveProperty('data');
    expect(result.errors?.[0]?.extensions).toMatchObject({ code, requestId: expect.any(String) });
  });

  test('a variable that does not fit names the place of the value', async () => {
    const query = 'query ($input: EchoInput, $many: [Int!]) { echo(input: $input, many: $many) }';
    const variables = { input: { level: 1, nested: { level: 'high' } }, many: [1, null] };
    const { result, status } = await gateway.execute({ query, variables });
    expect(status).toBe(400);
    expect(result.errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT', argumentPath: 'input.nested.level' },
      { code: 'BAD_USER_INPUT', argumentPath: 'many[1]' },
    ]);
  });

  test('input nested deeper than the stack is too large, not a failure', async () => {
    let input: object = { level: 1 };
    for (let depth = 0; depth < 20_000; depth++) input = { level: 1, nested: input };
    const query = 'query ($input: EchoInput) { echo(input: $input) }';
    expect(codes(await gateway.execute({ query, variables: { input } }))).toEqual([
      'OPERATION_TOO_LARGE',
    ]);
  });

  test('defaults and coercions of variables reach the subgraph', async () => {
    const query = 'query ($t: String = "x", $m: [Int!]) { echo(text: $t, many: $m) }';
    const { result } = await gateway.execute({ query, variables: { m: 4, unknown: true } });
    expect(JSON.parse(String(result.data?.['echo']))).toEqual({ text: 'x', many: [4] });
  });
});

describe('with introspection off', () => {
  test('anonymous callers learn nothing of the schema, signed-in ones what they did wrong', async () => {
    const closed = await townGateway({ introspection: false });
    const ask = (query: string, viewer?: ReturnType<typeof userWith>) =>
      closed.execute({ query, viewer });
    const probe = await ask('{ shel }');
    expect(probe.result.errors?.[0]?.message).toBe('The document does not fit the schema.');
    expect(codes(await ask('{ __schema { types { name } } }'))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    expect((await ask('{ shel }', userWith())).result.errors?.[0]?.message).toContain('"shelf"');
    expect((await ask('{ shelf __typename }')).result).toEqual({
      data: { shelf: 'full', __typename: 'Query' },
    });
  });
});

describe('what goes wrong in a subgraph', () => {
  test('is shown with code, path and request id when it is coded', async () => {
    const { result } = await gateway.execute({
      query: '{ alias: failCoded }',
      requestId: 'request-2',
    });
    expect(result).toEqual({
      data: { alias: null },
      errors: [
        {
          message: 'There is no such thing, or you may not see it.',
          path: ['alias'],
          extensions: { code: 'NOT_FOUND', argumentPath: 'id', requestId: 'request-2' },
        },
      ],
    });
  });

  test('is masked when it is not', async () => {
    const { result, status } = await gateway.execute({ query: '{ failUncoded shelf }' });
    expect(status).toBe(200);
    expect(result.data).toEqual({ failUncoded: null, shelf: 'full' });
    expect(result.errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['failUncoded'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
      },
    ]);
  });

  test('leaves the rest of the answer when the subgraph is down, and names what is missing', async () => {
    const broken = await townGateway({ instead: { trade: unreachable, library: unreachable } });
    const { result } = await broken.execute({
      query: '{ users { name sold } user(id: "u1") { sold } shelf other: shelf }',
    });
    expect(result.data).toEqual({
      users: [
        { name: 'Ada', sold: null },
        { name: 'Bo', sold: null },
      ],
      user: { sold: null },
      shelf: null,
      other: null,
    });
    expect(
      result.errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]).sort(),
    ).toEqual([
      ['other', 'SUBGRAPH_UNAVAILABLE'],
      ['shelf', 'SUBGRAPH_UNAVAILABLE'],
      ['user', 'SUBGRAPH_UNAVAILABLE'],
      ['users', 'SUBGRAPH_UNAVAILABLE'],
    ]);
    expect(JSON.stringify(result)).not.toMatch(/10\.0\.0\.7|serviceName|stack/);
  });

  test('is given up at the deadline, and what did arrive is answered', async () => {
    const hasty = await townGateway({ deadlineMs: 50 });
    const { result } = await hasty.execute({ query: '{ never shelf }' });
    expect(result.data).toEqual({ never: null, shelf: 'full' });
    expect(result.errors?.[0]).toMatchObject({
      path: ['never'],
      extensions: { code: 'SUBGRAPH_TIMEOUT' },
    });
  });

  test.each([
    ['no entities', { data: {} }],
    ['too few entities', { data: { _entities: [] } }],
    [
      'an unknown code and its stack',
      {
        data: null,
        errors: [
          { message: 'at http://10.0.0.7', extensions: { code: 'ETIMEDOUT', stacktrace: ['x'] } },
        ],
      },
    ],
    [
      'a refusal of the gateway itself',
      {
        errors: [
          {
            message: 'Cannot query field "x" at 10.0.0.7',
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      },
    ],
  ])('a lying subgraph (%s) costs only its own fields', async (_, answer) => {
    const lying = { ...unreachable, execute: async () => answer } as unknown as SubgraphTransport;
    const deceived = await townGateway({ instead: { trade: lying } });
    const { result, status } = await deceived.execute({
      query: '{ user(id: "u1") { name sold } }',
    });
    expect(status).toBe(200);
    expect(result.data).toEqual({ user: { name: 'Ada', sold: null } });
    expect(result.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'INTERNAL_SERVER_ERROR',
    ]);
    expect(JSON.stringify(result)).not.toMatch(/10\.0\.0\.7|stack|serviceName/);
  });

  test.each([
    ['a type nobody knows', { __typename: 'Nobody', name: 'hunter2' }],
    ['a type that is not one of these', { __typename: 'Book', name: 'hunter2' }],
    ['a type that is no name', { __typename: ['Civilian'], name: 'hunter2' }],
    ['a type of the prototype', { __typename: 'constructor', name: 'hunter2' }],
    ['a list', [{ __typename: 'Civilian', name: 'hunter2' }]],
    ['a text', 'hunter2'],
  ])('a lying subgraph (%s for an interface) costs only its own fields', async (_, user) => {
    const lying = { ...unreachable, execute: async () => ({ data: { user } }) };
    const deceived = await townGateway({ instead: { identity: lying } });
    for (const asText of [false, true]) {
      const { result, text } = await deceived.execute({
        query: '{ user(id: "u1") { name sold } shelf }',
        asText,
      });
      const { data, errors } = text === undefined ? result : JSON.parse(text);
      expect(data).toEqual({ user: null, shelf: 'full' });
      expect(errors).toMatchObject([
        { path: ['user'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
      expect(JSON.stringify(errors)).not.toContain('hunter2');
    }
  });

  test.each([
    ['too many', [{ sold: 1 }, { sold: 2 }, { sold: 3 }, { sold: 4 }]],
    ['too few', [{ sold: 1 }]],
    ['none of them objects', [7, 'seven']],
    ['lists in the place of objects', [[{ sold: 1 }], [{ sold: 2 }]]],
    ['an object in the place of the list', { sold: 1 }],
  ])('entities that are %s are nobody’s', async (_, entities) => {
    const lying = { ...unreachable, execute: async () => ({ data: { _entities: entities } }) };
    const deceived = await townGateway({ instead: { trade: lying } });
    const { result } = await deceived.execute({ query: '{ users { name sold } }' });
    expect(result.data).toEqual({
      users: [
        { name: 'Ada', sold: null },
        { name: 'Bo', sold: null },
      ],
    });
    expect(result.errors?.length).toBeGreaterThan(0);
    for (const { extensions } of result.errors ?? []) {
      expect(extensions?.['code']).toBe('INTERNAL_SERVER_ERROR');
    }
  });

  test('a null that breaks the schema is an error at its place', async () => {
    const lying = {
      ...unreachable,
      execute: async () => ({ data: { user: { __typename: 'Civilian', name: null } } }),
    };
    const deceived = await townGateway({ instead: { identity: lying } });
    const { result } = await deceived.execute({ query: '{ user(id: "u1") { name } }' });
    expect(result.data).toEqual({ user: null });
    expect(result.errors).toMatchObject([
      { path: ['user', 'name'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });

  test('its cause is logged with the request id', async () => {
    const lines: string[] = [];
    const log = createLogger({
      name: 't',
      level: 'error',
      destination: { write: (line) => lines.push(line) },
    });
    const logging = await townGateway({ log, instead: { library: unreachable } });
    await logging.execute({ query: '{ shelf }', requestId: 'request-3' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      requestId: 'request-3',
      subgraph: 'library',
      err: { message: 'connect http://10.0.0.7' },
    });
  });
});
