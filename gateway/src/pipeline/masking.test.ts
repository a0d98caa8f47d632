import { createPushIterator, type SubgraphTransport } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';

const feed = miniSubgraph(
  'feed',
  /* GraphQL */ `
    type Query { good: Good }
    type Subscription { news: Good broken: Good }
    type Good @key(fields: "id") { id: ID! }
  `,
  {
    Query: { good: () => ({ id: 'g1' }) },
    Subscription: {
      news: {
        subscribe: () => {
          const source = createPushIterator<object>();
          source.push({ news: { id: 'g1' } });
          source.end();
          return source;
        },
      },
    },
  },
);
const stars = miniSubgraph('stars', 'type Good @key(fields: "id") { id: ID! stars: Int }', {
  Good: { stars: () => 5 },
});

/** All that a subgraph can say too much. */
const TOO_MUCH: FormattedExecutionResult = {
  data: null,
  errors: [
    {
      message: 'connect ECONNREFUSED http://10.0.0.7:4001/graphql as hunter2',
      locations: [{ line: 7, column: 7 }],
      extensions: {
        code: 'ETIMEDOUT',
        ...{ stacktrace: ['at hunter2 (/srv/app.ts:1)'], serviceName: 'stars', service: 'stars' },
        ...{ url: 'http://10.0.0.7', request: { body: 'hunter2' }, response: { body: 'hunter2' } },
        exception: { stacktrace: ['hunter2'] },
      },
    },
  ],
};
const LEAK = /10\.0\.0\.7|hunter2|ECONN|ETIMEDOUT|stack|serviceName|\/srv|"locations"|"line":7/;

const talking: SubgraphTransport = {
  ...inProcessTransport(stars),
  execute: async () => TOO_MUCH,
};
const failing: SubgraphTransport = {
  ...talking,
  execute: async () => {
    throw new Error('connect ECONNREFUSED http://10.0.0.7:4001/graphql as hunter2');
  },
};

async function gatewayWith(transport: SubgraphTransport) {
  const inner = inProcessTransport(feed);
  const gateway = await createGateway({
    supergraphSdl: compose([feed, stars]),
    transports: new Map([
      [
        'feed',
        {
          ...inner,
          subscribe: async (request, origin) => {
            if (!request.query.includes('broken')) return inner.subscribe(request, origin);
            const source = createPushIterator<FormattedExecutionResult>();
            source.push(TOO_MUCH);
            source.end();
            return source;
          },
        } satisfies SubgraphTransport,
      ],
      ['stars', transport],
    ]),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log: silent,
    introspection: false,
  });
  const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
  return { gateway, url };
}

const ONE = '{ good { id stars } }';
const DEFERRED = '{ good { id ... @defer { stars } } }';
const EVENTS = 'subscription { news { id stars } }';
const BROKEN = 'subscription { broken { id } }';
const SSE = 'text/event-stream';
const PARTS = 'multipart/mixed;subscriptionSpec=1.0';

let urls: readonly string[];
beforeAll(async () => {
  const opened = await Promise.all([talking, failing].map(gatewayWith));
  urls = opened.map(({ url }) => url);
  return async () => {
    for (const { gateway } of opened) await gateway.stop();
  };
});

function expectMasked(text: string): void {
  expect(text).toContain('INTERNAL_SERVER_ERROR');
  expect(text).toContain('requestId');
  expect(text).not.toMatch(LEAK);
}

test.each([
  ['one answer', 'application/json', ONE],
  ['one answer as an event', SSE, ONE],
  ['a deferred part', 'multipart/mixed;deferSpec=20220824', DEFERRED],
  ['what joins an event', SSE, EVENTS],
  ['what joins a part', PARTS, EVENTS],
  ['an event', SSE, BROKEN],
  ['a part', PARTS, BROKEN],
])('in %s nothing is said of a subgraph (%s)', async (_, accept, query) => {
  for (const url of urls) {
    const headers = { accept, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    expectMasked(await answer.text());
  }
});

test.each([ONE, EVENTS, BROKEN])('nor on a WebSocket: %s', async (query) => {
  for (const url of urls) {
    const client = await acknowledgedSocket(url);
    client.send(subscribeMessage('1', query));
    expectMasked(JSON.stringify(await client.next()));
  }
});
