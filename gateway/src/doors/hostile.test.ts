import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { describe, expect, test } from 'vitest';
import { fakeDirectory, KEY, kiosk } from '../testing/fake-directory.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { readParts } from '../testing/read-parts.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';

type Opened = Awaited<ReturnType<typeof openedGateway>>;

interface Sent {
  readonly query: string;
  readonly variables?: object;
}

interface Failure {
  readonly message: string;
  readonly locations?: unknown;
  readonly extensions: Record<string, unknown>;
}

interface Answer {
  readonly errors?: readonly Failure[];
}

const accepting =
  (accept: string) =>
  async ({ url }: Opened, body: Sent, authorization?: string) =>
    post(url, body, { accept, ...(authorization && { authorization }) });

/** The first answer on each door, its request id left out. */
const doors: Record<
  string,
  (gateway: Opened, body: Sent, authorization?: string) => Promise<Answer>
> = {
  POST: async (...sent) => (await accepting('application/json')(...sent)).json() as Promise<Answer>,
  GET: async ({ url }, { query, variables = {} }, authorization) => {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const headers = { 'x-civitas-preflight': '1', ...(authorization && { authorization }) };
    return (await (await fetch(`${url}?${search}`, { headers })).json()) as Answer;
  },
  WebSocket: async ({ url }, { query, ...rest }, authorization) => {
    const client = await acknowledgedSocket(url, { authorization });
    client.send(subscribeMessage('1', query, rest));
    const { type, payload } = await client.next();
    return type === 'error' ? { errors: payload as Failure[] } : (payload as Answer);
  },
  'server-sent events': async (...sent) => {
    const text = await (await accepting('text/event-stream')(...sent)).text();
    return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as Answer;
  },
  multipart: async (...sent) => {
    const accept = 'multipart/mixed;subscriptionSpec=1.0,application/json';
    const answer = await accepting(accept)(...sent);
    if (answer.headers.get('content-type')?.includes('json'))
      return answer.json() as Promise<Answer>;
    const [part] = (await readParts(answer, 'graphql')) as [{ payload?: Answer } & Answer];
    return part.payload ?? part;
  },
};

function known({ errors = [] }: Answer): readonly Failure[] {
  return errors.map(({ extensions, ...error }) => ({
    ...error,
    extensions: { ...extensions, requestId: undefined },
  }));
}

const repeat = (count: number, item: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => item(n)).join(' ');

/** 2^40 fields in two kilobytes. */
const bomb = `query { ...F0 } ${repeat(40, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F40 on Query { shelf }`;

describe.each(Object.entries(doors))('by %s', (_, ask) => {
  test.each([
    ['nested fragments', bomb, 'maxFields'],
    ['aliases of __typename', `{ ${repeat(201, (n) => `a${n}: __typename`)} }`, 'maxAliases'],
    ['a thousand root fields', `{ ${repeat(1_000, () => 'shelf')} }`, 'maxRootFields'],
    ['depth', `${'{ users '.repeat(26)} { id } ${'}'.repeat(26)}`, 'maxDepth'],
  ])('an operation too large by %s is refused at once', async (_, query, limit) => {
    const cpuMs = await cpuMsOf(async () => {
      const [error] = known(await ask(await openedGateway(), { query }));
      expect(error?.extensions).toMatchObject({ code: 'OPERATION_TOO_LARGE', limit });
    });
    expect(cpuMs).toBeLessThan(3_000);
  });

  test('a page of two thousand million is refused by its cost', async () => {
    const query = 'query ($n: Int) { users(first: $n) { id } }';
    const body = { query, variables: { n: 2_147_483_647 } };
    const [error] = known(await ask(await openedGateway(), body));
    expect(error?.extensions).toMatchObject({ code: 'OPERATION_TOO_COSTLY', maximumCost: 5_000 });
  });

  test('in production strangers get one answer, whatever it is that does not fit', async () => {
    const gateway = await openedGateway({ introspection: false });
    const guesses = [
      '{ shel }',
      '{ users { nam } }',
      '{ shelf { deeper } }',
      '{ user(idd: 1) { id } }',
      '{ __schema { types { name } } }',
      '{ __type(name: "User") { name } shelf }',
      'query ($x: Nothing) { shelf }',
      'fragment F on Nowhere { id } { ...F }',
    ];
    const answers = [];
    for (const query of guesses) answers.push(known(await ask(gateway, { query })));
    const same = [
      {
        message: 'The document does not fit the schema.',
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED', requestId: undefined },
      },
    ];
    expect(answers).toEqual(guesses.map(() => same));
    const query = 'query ($i: EchoInput) { echo(input: $i) }';
    const [error] = known(await ask(gateway, { query, variables: { i: { leve: 1 } } }));
    expect(error?.message).toBe('An input value is not acceptable.');
  });

  test('in production a listed program may introspect, and others cannot follow it', async () => {
    const gateway = await openedGateway({
      introspection: false,
      clients: fakeDirectory({ account: kiosk }),
      clientPolicy: { introspectionClients: new Set(['kiosk']) },
    });
    const body = { query: '{ __schema { queryType { name } } }' };
    expect(await ask(gateway, body, `Bearer ${KEY}`)).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    for (const authorization of [undefined, 'Bearer good']) {
      const [error] = known(await ask(gateway, body, authorization));
      expect(error?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });
});

test.each(['[{"query":"{ shelf }"},{"query":"{ shelf }"}]', '[]', '"{ shelf }"', 'null', '7'])(
  'several operations in one request, or none, are refused: %s',
  async (body) => {
    const { url } = await openedGateway();
    const answer = await post(url, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  },
);

describe('what any page could make a browser send', () => {
  const simple = { 'content-type': 'text/plain' };
  test.each<[string, RequestInit, boolean]>([
    ['a GET without anything', {}, false],
    [
      'a form',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      false,
    ],
    ['a POST as text', { method: 'POST', headers: simple, body: '{"query":"{ shelf }"}' }, false],
    ['a GET after a password dialog', { headers: { authorization: 'Basic dTpw' } }, false],
    ['a GET with a token', { headers: { authorization: 'Bearer good' } }, true],
    ['a GET with the house’s header', { headers: { 'x-civitas-preflight': '1' } }, true],
    ['a GET with Apollo’s headers', { headers: { 'apollo-require-preflight': 'true' } }, true],
    ['a GET with an operation’s name', { headers: { 'x-apollo-operation-name': 'Q' } }, true],
    [
      'a GET that has a JSON content type',
      { headers: { 'content-type': 'application/json' } },
      true,
    ],
  ])('%s: answered %s', async (_, request, isAnswered) => {
    const { url } = await openedGateway();
    const answer = await fetch(`${url}?query=${encodeURIComponent('{ shelf }')}`, request);
    const { data } = (await answer.json()) as { data?: unknown };
    expect(data !== undefined).toBe(isAnswered);
  });
});

test('browsers are told to stay with TLS where a trusted proxy says they came by it', async () => {
  const { url } = await openedGateway({ trustedProxies: ['127.0.0.1'] });
  const hsts = async (headers: Record<string, string>) =>
    (await post(url, { query: '{ shelf }' }, headers)).headers.get('strict-transport-security');
  expect(await hsts({ 'x-forwarded-proto': 'https' })).toBe('max-age=63072000; includeSubDomains');
  expect(await hsts({})).toBeNull();
});
