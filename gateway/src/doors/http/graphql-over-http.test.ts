import { once } from 'node:events';
import { request } from 'node:http';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../../create-gateway.ts';
import { openedGateway, post } from '../../testing/opened-gateway.ts';
import { townGateway } from '../../testing/town-gateway.ts';

describe('the audit of GraphQL over HTTP', () => {
  let gateway: Gateway;
  let url: string;
  beforeAll(async () => {
    gateway = await townGateway();
    ({ url } = await gateway.listen({ port: 0, host: '127.0.0.1' }));
  });
  afterAll(() => gateway.stop());

  // The audit's GET requests could come from a form; a real client adds a header, so does this.
  const fetchFn = (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-civitas-preflight', '1');
    return fetch(input, { ...init, headers });
  };

  for (const audit of serverAudits({ url: () => url, fetchFn })) {
    test(`${audit.id} ${audit.name}`, async () => {
      expect(await audit.fn()).toMatchObject({ status: 'ok' });
    });
  }
});

const MODERN = { accept: 'application/graphql-response+json' };

describe('the status of an answer', () => {
  test.each([
    ['{ shelf }', 200],
    ['{ failUncoded }', 200],
    ['{', 400],
    ['{ nothing }', 400],
    ['{ user(id: [1]) { name } }', 400],
    ['subscription { ticks }', 400],
    ['{ audit }', 401],
  ])('%s → %i', async (query, status) => {
    const { url } = await openedGateway();
    expect((await post(url, { query }, MODERN)).status).toBe(status);
  });

  test('a bad token is 401 in either media type and runs nothing', async () => {
    const { url } = await openedGateway();
    for (const headers of [MODERN, {}]) {
      const answer = await post(
        url,
        { query: '{ shelf }' },
        { ...headers, authorization: 'Bearer bad' },
      );
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  test('the token of the Authorization header is the viewer', async () => {
    const { url } = await openedGateway();
    const answer = await post(
      url,
      { query: '{ whoAsks }' },
      { authorization: 'Bearer good', 'x-request-id': 'from-proxy' },
    );
    expect(await answer.json()).toEqual({ data: { whoAsks: 'usr_1 books:secret from-proxy' } });
  });
});

describe('a body that is not a request', () => {
  test.each([
    ['[]', 'application/json', 400, 'BAD_REQUEST'],
    ['', 'application/json', 400, 'BAD_REQUEST'],
    ['{"query":1}', 'application/json', 400, 'BAD_REQUEST'],
    ['[{"query":"{ shelf }"}]', 'application/json', 400, 'BAD_REQUEST'],
    ['<a/>', 'application/xml', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['{ shelf }', 'application/graphql', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%s as %s → %i', async (body, type, status, code) => {
    const { url } = await openedGateway();
    const answer = await post(url, body, { 'content-type': type });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code, requestId: answer.headers.get('x-request-id') } }],
    });
  });

  test('who is still sending megabytes when they are refused gets to read why', async () => {
    const { url } = await openedGateway();
    const body = JSON.stringify({ query: '{ shelf }', variables: { x: 'x'.repeat(6 * 2 ** 20) } });
    for (const [headers, status] of [
      [{}, 413],
      [{ authorization: 'Bearer wrong' }, 401],
    ] as const) {
      const answers = await Promise.all([1, 2, 3].map(() => post(url, body, headers)));
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    }
  });

  test('a body over the limit is refused, with and without its length told before', async () => {
    const { url } = await openedGateway({ maxBodyBytes: 2_000 });
    const told = await post(url, { query: `{ shelf } #${'x'.repeat(3_000)}` });
    expect(told.status).toBe(413);
    expect(await told.json()).toMatchObject({
      errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE', maximumBytes: 2_000 } }],
    });
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(' '.repeat(500))),
    });
    const untold = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(untold.status).toBe(413);
  });

  test('a larger body is read of whom we know, as far as the limit for these and few at a time', async () => {
    const { url } = await openedGateway({
      maxBodyBytes: 2_000,
      largeBodies: { maxBytes: 6_000, maxAtOnce: 1 },
    });
    const me = { authorization: 'Bearer good' };
    const large = { query: '{ shelf }', extensions: { a: 'x'.repeat(5_000) } };
    expect((await post(url, large)).status).toBe(413);
    expect((await post(url, large, { authorization: 'Bearer bad' })).status).toBe(401);
    const read = await post(url, large, me);
    expect(await read.json()).toMatchObject({ data: { shelf: expect.anything() } });
    const larger = await post(url, { ...large, more: 'x'.repeat(2_000) }, me);
    expect(larger.status).toBe(413);
    expect(await larger.json()).toMatchObject({
      errors: [{ extensions: { maximumBytes: 6_000 } }],
    });

    const body = JSON.stringify(large);
    const slow = request(url, {
      method: 'POST',
      headers: {
        ...me,
        'content-type': 'application/json',
        'content-length': String(body.length),
      },
    });
    slow.write(body.slice(0, 10));
    // Its turn is taken when its headers have been read.
    await expect.poll(async () => (await post(url, large, me)).status).toBe(503);
    expect((await post(url, { query: '{ shelf }' }, me)).status).toBe(200);
    const answered = once(slow, 'response');
    slow.end(body.slice(10));
    const [answer] = await answered;
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await once(answer, 'close');
    await expect.poll(async () => (await post(url, large, me)).status).toBe(200);
  });

  test('a body of one byte under the default limit of 1 MiB is read', async () => {
    const { url } = await openedGateway();
    const [head, tail] = ['{"query":"{ shelf }","extensions":{"a":"', '"}}'];
    const body = head + 'x'.repeat(1024 * 1024 - head.length - tail.length) + tail;
    expect((await post(url, body)).status).toBe(200);
    expect((await post(url, `${body} `)).status).toBe(413);
  });
});

describe('GET', () => {
  const get = (url: string, query: string, headers: Record<string, string> = {}) =>
    fetch(`${url}?query=${encodeURIComponent(query)}`, { headers });

  test('answers queries of clients that prove to be no form', async () => {
    const { url } = await openedGateway();
    for (const name of ['x-civitas-preflight', 'apollo-require-preflight']) {
      expect(await (await get(url, '{ shelf }', { [name]: '1' })).json()).toEqual({
        data: { shelf: 'full' },
      });
    }
    const json = await get(url, '{ shelf }', { 'content-type': 'application/json' });
    expect(json.status).toBe(200);
  });

  test('never runs a mutation', async () => {
    const { url } = await openedGateway();
    const answer = await get(url, 'mutation { rename(id: "u1", name: "x") { name } }', {
      'x-civitas-preflight': '1',
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }],
    });
  });

  test('other methods are refused', async () => {
    const { url } = await openedGateway();
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

describe('what a foreign page can send without asking is refused', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'TEXT/PLAIN; charset=utf-8',
    '',
  ])('a POST of type %j', async (type) => {
    const { url } = await openedGateway();
    const answer = await fetch(url, {
      method: 'POST',
      headers: type ? { 'content-type': type } : {},
      body: new Uint8Array([123, 125]),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'CSRF_PREVENTION' } }],
    });
  });

  test('a GET without a proof', async () => {
    const { url } = await openedGateway();
    const answer = await fetch(`${url}?query={shelf}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'CSRF_PREVENTION' } }],
    });
  });

  test('unless that is turned off', async () => {
    const { url } = await openedGateway({ csrfPrevention: false });
    expect((await fetch(`${url}?query={shelf}`)).status).toBe(200);
  });
});

test.each([
  [
    'application/json;q=0.5, application/graphql-response+json',
    'application/graphql-response+json; charset=utf-8',
  ],
  ['application/graphql-response+json;q=0.1, application/json', 'application/json; charset=utf-8'],
  ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
  ['application/*', 'application/json; charset=utf-8'],
])('accept %s is answered with %s', async (accept, type) => {
  const { url } = await openedGateway();
  expect((await post(url, { query: '{ shelf }' }, { accept })).headers.get('content-type')).toBe(
    type,
  );
});

test('accept of neither media type is 406', async () => {
  const { url } = await openedGateway();
  expect((await post(url, { query: '{ shelf }' }, { accept: 'text/html' })).status).toBe(406);
});
