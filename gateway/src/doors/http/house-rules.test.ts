import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openedGateway, post } from '../../testing/opened-gateway.ts';
import { townGateway, unreachable } from '../../testing/town-gateway.ts';

describe('every answer', () => {
  test('carries the security headers', async () => {
    const { url, origin } = await openedGateway();
    for (const answer of [
      await post(url, { query: '{ shelf }' }),
      await fetch(`${origin}/nowhere`),
    ]) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }
  });

  test('carries the request id, the caller’s own when it is sane', async () => {
    const { url } = await openedGateway();
    const idOf = async (given: string) =>
      (await post(url, { query: '{ shelf }' }, { 'x-request-id': given })).headers.get(
        'x-request-id',
      );
    expect(await idOf('proxy-0123.abc:4_5')).toBe('proxy-0123.abc:4_5');
    for (const bad of ['short', 'a b c d e f g', '<script>alert(1)</script>', 'x'.repeat(129)]) {
      expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('CORS', () => {
  const shop = 'https://shop.example';

  test('lets the listed origins call and no others', async () => {
    const { url } = await openedGateway({ corsOrigins: [shop] });
    const preflight = (origin: string) =>
      fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const welcome = await preflight(shop);
    expect(welcome.status).toBe(204);
    expect(Object.fromEntries(welcome.headers)).toMatchObject({
      'access-control-allow-origin': shop,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: 'origin',
    });
    const stranger = await preflight('https://evil.example');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    expect(stranger.headers.get('access-control-allow-headers')).toBeNull();
  });

  test('is on the answer too, also when that is an error', async () => {
    const { url } = await openedGateway({ corsOrigins: [shop] });
    for (const body of [{ query: '{ shelf }' }, '[']) {
      const answer = await post(url, body, { origin: shop });
      expect(answer.headers.get('access-control-allow-origin')).toBe(shop);
    }
  });

  test('is off by default', async () => {
    const { url } = await openedGateway();
    const answer = await post(url, { query: '{ shelf }' }, { origin: shop });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('health', () => {
  test('is live, ready and whole with every subgraph', async () => {
    const { origin } = await openedGateway();
    expect(await (await fetch(`${origin}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await fetch(`${origin}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready' });
    const subgraphs = await fetch(`${origin}/health/subgraphs`);
    expect(subgraphs.status).toBe(200);
    expect(await subgraphs.json()).toEqual({
      status: 'whole',
      subgraphs: { identity: 'up', trade: 'up', library: 'up' },
    });
  });

  test('is ready without one, which is another question', async () => {
    const { origin } = await openedGateway({ instead: { trade: unreachable } });
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    const subgraphs = await fetch(`${origin}/health/subgraphs`);
    expect(subgraphs.status).toBe(503);
    expect(await subgraphs.json()).toMatchObject({
      status: 'partial',
      subgraphs: { trade: 'down', library: 'up' },
    });
  });
});

test('given routes are served beside the graph, by method and exact path', async () => {
  const { origin } = await openedGateway({
    routes: [
      {
        method: 'GET',
        path: '/.well-known/jwks.json',
        handle: async () => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"keys":[]}',
        }),
      },
      {
        method: 'POST',
        path: '/hook',
        handle: async ({ body, headers }) => ({
          status: 202,
          body: `${String(headers['x-kind'])}:${body.toString()}`,
        }),
      },
      { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('secret')) },
    ],
  });
  expect(await (await fetch(`${origin}/.well-known/jwks.json?x=1`)).json()).toEqual({ keys: [] });
  const hook = await fetch(`${origin}/hook`, {
    method: 'POST',
    body: 'b',
    headers: { 'x-kind': 'k' },
  });
  expect([hook.status, await hook.text()]).toEqual([202, 'k:b']);
  expect((await fetch(`${origin}/hook`)).status).toBe(404);
  const broken = await fetch(`${origin}/broken`);
  expect(broken.status).toBe(500);
  expect(await broken.text()).not.toContain('secret');
});

describe('GraphiQL', () => {
  test('is one document that may load nothing from elsewhere', async () => {
    const { origin } = await openedGateway({
      graphiql: {
        title: 'Town',
        examples: [{ query: '{ shelf } # the shelf', variables: '{"a":1}' }],
      },
    });
    const answer = await fetch(`${origin}/`);
    const html = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/html');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    const markup = html.replaceAll(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    expect(markup).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
    expect(html).toContain('<title>Town</title>');
    expect(html).toContain(JSON.stringify('{ shelf } # the shelf').slice(1, -1));
    expect(html).toContain('"endpoint":"/graphql"');
  });

  test('is what a browser sees that opens the address of the graph', async () => {
    const { origin } = await openedGateway({ graphiql: {} });
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    expect((await fetch(`${origin}/graphql`, { headers })).url).toBe(`${origin}/`);
    const asked = await fetch(`${origin}/graphql?query={shelf}`, { headers, redirect: 'manual' });
    expect(asked.headers.get('location')).toBeNull();
  });

  test('is not there unless asked for', async () => {
    const { origin } = await openedGateway();
    expect((await fetch(`${origin}/`)).status).toBe(404);
    const headers = { accept: 'text/html,*/*;q=0.8' };
    const answer = await fetch(`${origin}/graphql`, { headers, redirect: 'manual' });
    expect(answer.headers.get('location')).toBeNull();
  });

  test('the page is kept compressed', async () => {
    const { origin } = await openedGateway({ graphiql: {} });
    const { hostname, port } = new URL(origin);
    const raw = await rawRequest(
      { port: Number(port), host: hostname },
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    );
    const body = raw.subarray(raw.indexOf('\r\n\r\n') + 4);
    expect(body.length).toBeLessThan(4 * 1024 * 1024);
    expect(gunzipSync(body).length).toBeGreaterThan(4 * 1024 * 1024);
  });
});

describe('a client that is not one', () => {
  test.each([
    ['garbage\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
      /^HTTP\/1\.1 [45]/,
    ],
    [
      'GET /elsewhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
  ])('%j is answered and cut off', async (bytes, answer) => {
    const { origin } = await openedGateway();
    const { hostname, port } = new URL(origin);
    expect(String(await rawRequest({ port: Number(port), host: hostname }, bytes))).toMatch(answer);
  });
});

const UPGRADE =
  'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const posted = (accept: string) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: 9\r\n`;

/** The beginning of a request on each door, up to the end of its headers. */
const beginnings = {
  HTTP: posted('application/json'),
  'server-sent events': posted('text/event-stream'),
  multipart: posted('multipart/mixed;subscriptionSpec=1.0'),
  WebSocket: UPGRADE,
};

describe.each(Object.entries(beginnings))('by %s', (_, beginning) => {
  let to: Target;
  beforeAll(async () => {
    to = await target({ timeouts: { headersMs: 100, requestMs: 200 } });
    return to.stop;
  });

  test('who never finishes the headers is cut off', async () => {
    expect(String(await rawRequest(to, beginning))).toMatch(/^HTTP\/1\.1 408/);
  });

  test.each([
    ['longer than 16 KiB', `x-long: ${'a'.repeat(17_000)}\r\n`],
    ['more than a hundred', 'x: y\r\n'.repeat(101)],
    ['more than Node would count', 'x:\r\n'.repeat(3_000)],
  ])('headers that are %s are refused', async (_name, headers) => {
    expect(String(await rawRequest(to, `${beginning}${headers}\r\n`))).toMatch(/^HTTP\/1\.1 431/);
  });

  test('who never says what they want is cut off, once they have said how', async () => {
    const answer = String(await rawRequest(to, `${beginning}\r\n{`));
    // A socket that is open has a time of its own for its first message.
    expect(answer).toMatch(beginning === UPGRADE ? /^HTTP\/1\.1 101/ : /^HTTP\/1\.1 408/);
  });
});

test('who connects and says nothing is cut off', async () => {
  const to = await target({ timeouts: { headersMs: 100 } });
  onTestFinished(to.stop);
  expect(String(await rawRequest(to, ''))).toMatch(/^HTTP\/1\.1 408/);
});

test('an answer that nobody reads is given up', async () => {
  const given = Promise.withResolvers<void>();
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
    },
    destroy: (_, done) => {
      given.resolve();
      done(null);
    },
  });
  const to = await target({
    timeouts: { stalledMs: 100 },
    routes: [
      { method: 'GET', path: '/large', handle: async () => ({ status: 200, body: endless }) },
    ],
  });
  onTestFinished(to.stop);
  const socket = connect(to.port, to.host, () =>
    socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n'),
  );
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await expect(given.promise).resolves.toBeUndefined();
});

interface Target {
  readonly port: number;
  readonly host: string;
  stop(): Promise<void>;
}

async function target(options: Parameters<typeof townGateway>[0]): Promise<Target> {
  const gateway = await townGateway(options);
  const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
  const { port, hostname } = new URL(url);
  return { port: Number(port), host: hostname, stop: () => gateway.stop() };
}

function rawRequest({ port, host }: Pick<Target, 'port' | 'host'>, bytes: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, host, () => socket.write(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('close', () => resolve(Buffer.concat(chunks)));
    socket.once('error', reject);
  });
}
