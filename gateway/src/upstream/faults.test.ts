import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { type RequestContext, serveSubgraph, signInternalToken } from '@civitas/platform/subgraph';
import { describe, expect, onTestFinished, test } from 'vitest';
import { miniSubgraph, silent } from '../testing/compose.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { library } from '../testing/town.ts';
import { connectSubgraph, type SubgraphConnection } from './connect-subgraph.ts';

// A gateway reached over HTTP whose library is a server that misbehaves, on real sockets; what the
// other subgraphs know arrives nevertheless.

const SECRET = 'a secret that is long enough to be one';
const SERVED = { port: 0, host: '127.0.0.1', internalSecret: SECRET, log: silent };
const QUERY = '{ whoAsks shelf }';
const JSON_TYPE = { 'content-type': 'application/json' };

const urlOf = (server: { address(): unknown }) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

async function serving(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return urlOf(server);
}

async function realLibrary() {
  const served = await serveSubgraph(library(), SERVED);
  onTestFinished(() => served.close());
  return served;
}

async function gatewayTo(urls: readonly string[], options: Partial<SubgraphConnection> = {}) {
  const upstream = connectSubgraph({
    name: 'library',
    urls,
    secret: SECRET,
    log: silent,
    responseTimeoutMs: 300,
    connectTimeoutMs: 1_000,
    ...options,
  });
  const { url } = await openedGateway({
    instead: { library: upstream },
    // Identical reads at the same time would be one.
    shareReads: false,
  });
  const ask = async (query = QUERY) => {
    const response = await post(url, { query });
    return { status: response.status, text: await response.text() };
  };
  return { upstream, ask };
}

/** Partial data, one coded error at its place, and nothing of the subgraph's own words. */
function expectPartial({ status, text }: { status: number; text: string }, code: string) {
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    data: { whoAsks: expect.stringMatching(/^anonymous/), shelf: null },
    errors: [{ path: ['shelf'], extensions: { code, requestId: expect.any(String) } }],
  });
  expect(JSON.parse(text).errors).toHaveLength(1);
  expect(text).not.toMatch(/127\.0\.0\.1|ECONN|<html|stack|undici|hunter2/i);
}

describe('a subgraph that lies or breaks off', () => {
  test.each<[string, RequestListener]>([
    ['wrong JSON', (_, response) => response.writeHead(200, JSON_TYPE).end('{"data":{"shelf":')],
    ['JSON of another shape', (_, response) => response.writeHead(200, JSON_TYPE).end('"hunter2"')],
    ['no data at all', (_, response) => response.writeHead(200, JSON_TYPE).end('{"data":null}')],
    [
      'errors that are no list',
      (_, response) => response.writeHead(200, JSON_TYPE).end('{"errors":"hunter2"}'),
    ],
    [
      '200 with HTML',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hunter2</html>'),
    ],
    [
      'huge headers',
      (_, response) =>
        response.writeHead(200, { ...JSON_TYPE, 'x-large': 'x'.repeat(64 * 1024) }).end('{}'),
    ],
    ['a 502 of a proxy', (_, response) => response.writeHead(502).end('Bad Gateway hunter2')],
    ['a connection that breaks', (request) => request.socket.destroy()],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-length': '500' }).write('{"data":');
        setImmediate(() => response.destroy());
      },
    ],
  ])('%s', async (_, listener) => {
    const { ask } = await gatewayTo([await serving(listener)]);
    expectPartial(await ask(), 'SUBGRAPH_UNAVAILABLE');
  });

  test('a body without end is cut off at its limit', async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, JSON_TYPE).write('{"data":{"shelf":"');
      const piece = 'x'.repeat(1 << 20);
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const { ask } = await gatewayTo([url], { responseTimeoutMs: 5_000 });
    expectPartial(await ask(), 'SUBGRAPH_UNAVAILABLE');
  });

  test('a value of another type than the schema has is null, with an error', async () => {
    const { ask } = await gatewayTo([
      await serving((_, response) =>
        response.writeHead(200, JSON_TYPE).end('{"data":{"shelf":{"hunter2":1}}}'),
      ),
    ]);
    expectPartial(await ask(), 'INTERNAL_SERVER_ERROR');
  });

  test('a list of another length than was asked for completes nothing', async () => {
    const { ask } = await gatewayTo([
      await serving((_, response) =>
        response.writeHead(200, JSON_TYPE).end('{"data":{"_entities":[{"title":"hunter2"}]}}'),
      ),
    ]);
    const { text } = await ask('{ user(id: "u1") { name books { isbn title } } }');
    const { data, errors } = JSON.parse(text);
    expect(data.user.name).toBe('Ada');
    expect(data.user.books.map(({ title }: { title: unknown }) => title)).toEqual([null, null]);
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toContain('hunter2');
  });
});

describe('a subgraph that is slow', () => {
  test('before its answer', async () => {
    const { ask } = await gatewayTo([await serving(() => undefined)]);
    expectPartial(await ask(), 'SUBGRAPH_TIMEOUT');
  });

  test('within its answer', async () => {
    const { ask } = await gatewayTo([
      await serving((_, response) => void response.writeHead(200, JSON_TYPE).write('{"da')),
    ]);
    expectPartial(await ask(), 'SUBGRAPH_TIMEOUT');
  });

  test('is told how long it has; then its work is stopped and its connection is free', async () => {
    const remaining = Promise.withResolvers<number>();
    const stopped = Promise.withResolvers<string>();
    const hanging = miniSubgraph('library', 'type Query { shelf: String }', {
      Query: {
        shelf: (_: unknown, __: unknown, { deadlineAtMs = 0, signal }: RequestContext) => {
          remaining.resolve(deadlineAtMs - Date.now());
          signal.addEventListener('abort', () => stopped.resolve(signal.reason.name));
          return new Promise(() => undefined);
        },
      },
    });
    const { url, close } = await serveSubgraph(hanging, SERVED);
    onTestFinished(() => close());
    const body = JSON.stringify({ query: '{ shelf }' });
    const viewer = { type: 'anonymous' } as const;
    const claims = { viewer, requestId: 'request-1', audience: 'library', body };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...JSON_TYPE,
        'x-civitas-viewer': await signInternalToken(claims, SECRET),
        'x-civitas-remaining-ms': '60',
      },
      body,
    });
    expect(response.status).toBe(504);
    expect(await response.text()).toContain('SUBGRAPH_TIMEOUT');
    expect(await stopped.promise).toBe('TimeoutError');
    expect(await remaining.promise).toBeLessThanOrEqual(60);
  });

  test('gets what is left of the whole operation', async () => {
    const told = Promise.withResolvers<number>();
    const url = await serving((request) =>
      told.resolve(Number(request.headers['x-civitas-remaining-ms'])),
    );
    const { ask } = await gatewayTo([url]);
    await ask();
    expect(await told.promise).toBeGreaterThan(20_000);
    expect(await told.promise).toBeLessThanOrEqual(30_000);
  });
});

describe('a subgraph that is dead', () => {
  test('refuses at once; with a second address nobody notices', async () => {
    const alone = await gatewayTo(['http://127.0.0.1:1/graphql']);
    expectPartial(await alone.ask(), 'SUBGRAPH_UNAVAILABLE');
    const { url } = await realLibrary();
    const { ask, upstream } = await gatewayTo(['http://127.0.0.1:1/graphql', url]);
    for (let sent = 0; sent < 8; sent++) {
      expect(JSON.parse((await ask()).text)).toEqual({
        data: { whoAsks: expect.any(String), shelf: 'full' },
      });
    }
    expect(upstream.state()).toMatchObject({ ejected: 1, breaker: 'closed' });
  });

  test('is not asked any more after twenty failures, and asked again when it is back', async () => {
    let asked = 0;
    let isBack = false;
    const url = await serving((request, response) => {
      asked += 1;
      if (!isBack) return request.socket.destroy();
      return response.writeHead(200, JSON_TYPE).end('{"data":{"shelf":"full"}}');
    });
    const { ask, upstream } = await gatewayTo([url], {
      breaker: { openMs: 50 },
      responseTimeoutMs: 5_000,
    });
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(upstream.state().breaker).toBe('open');
    const before = asked;
    expectPartial(await ask(), 'SUBGRAPH_UNAVAILABLE');
    expect(asked).toBe(before);
    isBack = true;
    await expect
      .poll(async () => JSON.parse((await ask()).text).data.shelf, {
        interval: 10,
        timeout: 10_000,
      })
      .toBe('full');
    expect(upstream.state().breaker).toBe('closed');
  });
});

test('a subgraph that flaps: every second connection breaks, no read is lost', async () => {
  let connections = 0;
  const server = createSocketServer((socket) => {
    connections += 1;
    const breaks = connections % 2 === 1;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (breaks) return socket.destroy();
      const body = '{"data":{"shelf":"full"}}';
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n`;
      return socket.end(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { ask, upstream } = await gatewayTo([urlOf(server)]);
  for (let sent = 0; sent < 10; sent++) {
    expect(JSON.parse((await ask()).text).data.shelf).toBe('full');
  }
  expect(upstream.state().retries).toBe(10);
  expect(connections).toBe(20);
});

test('a subgraph that is restarted under load loses no read', async () => {
  const first = await realLibrary();
  const second = await realLibrary();
  const { ask } = await gatewayTo([first.url, second.url], { responseTimeoutMs: 5_000 });
  const shelves: unknown[] = [];
  const underLoad = Promise.withResolvers<void>();
  let isClosed = false;
  const load = Array.from({ length: 8 }, async () => {
    // Some while both are there, some while one goes, and some after that.
    for (let after = 0; after < 8; after += isClosed ? 1 : 0) {
      shelves.push(JSON.parse((await ask()).text).data.shelf);
      if (shelves.length > 40) underLoad.resolve();
    }
  });
  await underLoad.promise;
  await first.close();
  isClosed = true;
  await Promise.all(load);
  expect(new Set(shelves)).toEqual(new Set(['full']));
});
