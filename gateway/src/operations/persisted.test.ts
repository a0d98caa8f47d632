import { sha256 } from '@civitas/platform/documents';
import { createMemoryKeyValueStore } from '@civitas/platform/keyvalue';
import { describe, expect, test, vi } from 'vitest';
import { fakeDirectory, KEY, kiosk } from '../testing/fake-directory.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';

const QUERY = '{ shelf }';
const FULL = { data: { shelf: 'full' } };

type Opened = Awaited<ReturnType<typeof openedGateway>>;

interface Sent {
  readonly query?: string;
  readonly documentId?: unknown;
  readonly extensions?: object;
}

const automatic = (hash: unknown, version = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash: hash } },
});

/** The code of the first error, or the data. */
const outcome = ({ data, errors }: { data?: object; errors?: readonly object[] }) =>
  (errors?.[0] as { extensions: { code: string } } | undefined)?.extensions.code ?? { data };

interface Headers {
  readonly authorization?: string;
  readonly 'apollographql-client-name'?: string;
}

const doors = {
  POST: async ({ url }: Opened, body: Sent, headers: Headers = {}) =>
    outcome(await (await post(url, body, { ...headers })).json()),
  GET: async ({ url }: Opened, body: Sent, headers: Headers = {}) => {
    const given = Object.entries(body).map(
      ([name, value]) =>
        [name, typeof value === 'string' ? value : JSON.stringify(value)] as [string, string],
    );
    const answer = await fetch(`${url}?${new URLSearchParams(given)}`, {
      headers: { 'x-civitas-preflight': '1', ...headers },
    });
    return outcome(await answer.json());
  },
  WebSocket: async ({ url }: Opened, body: Sent, headers: Headers = {}) => {
    const client = await acknowledgedSocket(url, {
      authorization: headers.authorization,
      clientName: headers['apollographql-client-name'],
    });
    client.send(subscribeMessage('1', body.query ?? '', body));
    const { payload } = await client.next();
    return outcome(Array.isArray(payload) ? { errors: payload } : (payload as object));
  },
};

describe.each(Object.entries(doors))('an automatic persisted query by %s', (_, send) => {
  test('is unknown until it was sent with its document once', async () => {
    const gateway = await openedGateway();
    const hash = sha256(QUERY);
    expect(await send(gateway, automatic(hash))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await send(gateway, { query: QUERY, ...automatic(hash) })).toEqual(FULL);
    expect(await send(gateway, automatic(hash))).toEqual(FULL);
    expect(await send(gateway, { documentId: `sha256:${hash}` })).toEqual(FULL);
  });

  test('with a hash of something else is refused and poisons nothing', async () => {
    const gateway = await openedGateway();
    const hash = sha256('{ users { name } }');
    const poison = { query: QUERY, ...automatic(hash) };
    expect(await send(gateway, poison)).toBe('PERSISTED_QUERY_HASH_MISMATCH');
    expect(await send(gateway, automatic(hash))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test('that is not valid is not kept', async () => {
    const gateway = await openedGateway();
    const query = '{ nonsense }';
    const hash = sha256(query);
    expect(await send(gateway, { query, ...automatic(hash) })).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await send(gateway, automatic(hash))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test.each([
    automatic('x'),
    automatic(sha256(QUERY).toUpperCase()),
    { documentId: '../etc/passwd' },
  ])('of no hash is unknown: %j', async (body) => {
    expect(await send(await openedGateway(), body)).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test.each([
    automatic(7),
    automatic('x'.repeat(1_000)),
    automatic('x', 2),
    { documentId: 'x'.repeat(201) },
  ])('of the wrong form is a bad request: %j', async (body) => {
    expect(await send(await openedGateway(), body)).toBe('BAD_REQUEST');
  });
});

describe('automatic persisted queries', () => {
  test('answer Apollo’s clients with the word they wait for', async () => {
    const { url } = await openedGateway();
    const answer = await post(url, automatic(sha256(QUERY)));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] });
  });

  test('are shared by gateways with one store, and survive its being away', async () => {
    const keyValue = createMemoryKeyValueStore({ now: () => new Date() });
    const [one, other] = [await openedGateway({ keyValue }), await openedGateway({ keyValue })];
    const hash = sha256(QUERY);
    await doors.POST(one, { query: QUERY, ...automatic(hash) });
    expect(await doors.POST(other, automatic(hash))).toEqual(FULL);
    vi.spyOn(keyValue, 'get').mockRejectedValue(new Error('away'));
    vi.spyOn(keyValue, 'set').mockRejectedValue(new Error('away'));
    expect(await doors.POST(one, automatic(hash))).toEqual(FULL);
    expect(await doors.POST(one, automatic(sha256('{ users { id } }')))).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    const next = '{ users { id } }';
    expect(await doors.POST(one, { query: next, ...automatic(sha256(next)) })).toHaveProperty(
      'data',
    );
    expect(await doors.POST(one, automatic(sha256(next)))).toHaveProperty('data');
  });

  test('of one client are kept up to two hundred at once; what is more is answered all the same', async () => {
    // Time stands still, however long the machine takes.
    const keyValue = createMemoryKeyValueStore({ now: () => new Date(0) });
    const { gateway } = await openedGateway({ keyValue });
    const set = vi.spyOn(keyValue, 'set');
    for (let n = 0; n < 210; n += 1) {
      const query = `query Q${n} { shelf }`;
      const { result } = await gateway.execute({ query, ...automatic(sha256(query)) });
      expect(result).toEqual(FULL);
    }
    expect(set).toHaveBeenCalledTimes(200);
  });

  test('a mutation by GET is refused, however it was kept', async () => {
    const gateway = await openedGateway();
    const query = 'mutation { rename(id: "u1", name: "N") { id } }';
    const hash = sha256(query);
    expect(await doors.POST(gateway, { query, ...automatic(hash) })).toHaveProperty('data');
    expect(await doors.GET(gateway, automatic(hash))).toBe('METHOD_NOT_ALLOWED');
  });
});

const REGISTERED = 'query Shelf { shelf }';
const rewritten = '# a comment\nquery   Shelf{shelf}';
const UNKNOWN = 'query Other { shelf }';
const authorization = `Bearer ${KEY}`;

describe.each(Object.entries(doors))('a client that sends by %s', (_, send) => {
  const opened = (mode: 'LOG_UNKNOWN' | 'SAFELIST' | 'REQUIRE_ID') =>
    openedGateway({
      clients: fakeDirectory({ account: { ...kiosk, mode }, operations: [REGISTERED] }),
    });
  const id = sha256(REGISTERED);
  const as = { authorization };

  test('may send everything while unknown operations are only logged', async () => {
    const gateway = await opened('LOG_UNKNOWN');
    for (const body of [
      { documentId: id },
      automatic(id),
      { query: UNKNOWN },
      { query: REGISTERED },
    ]) {
      expect(await send(gateway, body, as)).toEqual(FULL);
    }
  });

  test('may send what is on its safelist, however it is written, and nothing else', async () => {
    const gateway = await opened('SAFELIST');
    for (const body of [{ documentId: id }, { query: REGISTERED }, { query: rewritten }]) {
      expect(await send(gateway, body, as)).toEqual(FULL);
    }
    expect(await send(gateway, { query: UNKNOWN }, as)).toBe('QUERY_NOT_IN_SAFELIST');
    const hash = automatic(sha256(UNKNOWN));
    expect(await send(gateway, hash, as)).toBe('PERSISTED_QUERY_NOT_IN_LIST');
    expect(await send(gateway, { query: UNKNOWN, ...hash }, as)).toBe(
      'PERSISTED_QUERY_NOT_IN_LIST',
    );
    const smuggled = { query: UNKNOWN, documentId: id };
    expect(await send(gateway, smuggled, as)).toBe('PERSISTED_QUERY_HASH_MISMATCH');
  });

  test('may send ids alone where those are demanded', async () => {
    const gateway = await opened('REQUIRE_ID');
    expect(await send(gateway, { documentId: id }, as)).toEqual(FULL);
    expect(await send(gateway, automatic(id), as)).toEqual(FULL);
    for (const query of [REGISTERED, UNKNOWN]) {
      expect(await send(gateway, { query }, as)).toBe('PERSISTED_QUERY_ID_REQUIRED');
    }
    expect(await send(gateway, { documentId: 'other' }, as)).toBe('PERSISTED_QUERY_NOT_IN_LIST');
  });

  test('without a key says its name, which can only make the rules stricter', async () => {
    const app = { ...kiosk, name: 'web', mode: 'LOG_UNKNOWN' } as const;
    const strict = await openedGateway({
      clients: fakeDirectory({ keyless: app, operations: [REGISTERED] }),
      clientPolicy: { mode: 'SAFELIST' },
    });
    const named = { 'apollographql-client-name': 'web' };
    expect(await send(strict, { query: REGISTERED }, named)).toEqual(FULL);
    expect(await send(strict, { query: UNKNOWN }, named)).toBe('QUERY_NOT_IN_SAFELIST');
    expect(await send(strict, { query: REGISTERED })).toBe('QUERY_NOT_IN_SAFELIST');
    const lax = await openedGateway({
      clients: fakeDirectory({ keyless: { ...app, mode: 'REQUIRE_ID' }, operations: [REGISTERED] }),
    });
    expect(await send(lax, { query: REGISTERED }, named)).toBe('PERSISTED_QUERY_ID_REQUIRED');
    expect(await send(lax, { query: REGISTERED })).toEqual(FULL);
  });
});

test('a registered operation is looked up once, and identity’s absence does not stop it', async () => {
  const clients = fakeDirectory({ account: kiosk, operations: [REGISTERED] });
  const { gateway } = await openedGateway({ clients });
  const ask = () =>
    gateway
      .execute({ query: '', documentId: sha256(REGISTERED), authorization })
      .then(({ result }) => result);
  await Promise.all(Array.from({ length: 20 }, ask));
  clients.findOperation.mockRejectedValue(new Error('away'));
  expect(await ask()).toEqual(FULL);
  expect(clients.findOperation).toHaveBeenCalledTimes(1);
});
