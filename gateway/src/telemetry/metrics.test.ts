import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CivitasError } from '@civitas/platform/errors';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { metricsText, traceTo } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { silent } from '../testing/compose.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { unreachable } from '../testing/town-gateway.ts';
import { connectSubgraph } from '../upstream/connect-subgraph.ts';

/** The value of one line of `/metrics`, 0 when it is not there. */
async function metric(line: string): Promise<number> {
  const found = (await metricsText()).split('\n').find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

const count = (labels: string) => metric(`civitas_operation_duration_seconds_count{${labels}}`);

test('operations are counted by kind, outcome and, when it is known, name', async () => {
  const { url } = await openedGateway({
    measured: true,
    knownOperations: ['query Shelf { shelf }', 'not a document'],
  });
  const known = 'operation="Shelf",kind="query",outcome="ok"';
  const other = 'operation="other",kind="query",outcome="ok"';
  const [knownBefore, otherBefore] = [await count(known), await count(other)];
  await post(url, { query: 'query Shelf { shelf }' });
  for (const name of ['A', 'B', 'C']) await post(url, { query: `query ${name} { shelf }` });
  await post(url, { query: '{ shelf }' });
  expect(await count(known)).toBe(knownBefore + 1);
  expect(await count(other)).toBe(otherBefore + 4);
  expect(await metricsText()).not.toContain('operation="A"');
});

test('errors are counted by code, of refused operations and of partial answers alike', async () => {
  const { url } = await openedGateway({ measured: true, instead: { library: unreachable } });
  const errors = (code: string) => metric(`civitas_operation_errors_total{code="${code}"}`);
  const codes = ['SUBGRAPH_UNAVAILABLE', 'GRAPHQL_VALIDATION_FAILED'] as const;
  const before = await Promise.all(codes.map(errors));
  const partial = 'operation="other",kind="query",outcome="partial"';
  const refused = 'operation="other",kind="none",outcome="refused"';
  const [partialBefore, refusedBefore] = [await count(partial), await count(refused)];
  await post(url, { query: '{ whoAsks shelf }' });
  await post(url, { query: '{ nope }' });
  expect(await Promise.all(codes.map(errors))).toEqual(before.map((value) => value + 1));
  expect(await count(partial)).toBe(partialBefore + 1);
  expect(await count(refused)).toBe(refusedBefore + 1);
});

test('fetches are counted by subgraph and outcome, and plans by whether they were remembered', async () => {
  const overloaded: SubgraphTransport = {
    ...unreachable,
    execute: async () => {
      throw new CivitasError('SUBGRAPH_OVERLOADED');
    },
  };
  const { url } = await openedGateway({ measured: true, instead: { library: overloaded } });
  const fetches = (subgraph: string, outcome: string) =>
    metric(`civitas_fetch_duration_seconds_count{subgraph="${subgraph}",outcome="${outcome}"}`);
  const before = [await fetches('identity', 'ok'), await fetches('library', 'overloaded')];
  for (let sent = 0; sent < 3; sent++) await post(url, { query: '{ whoAsks shelf }' });
  expect([await fetches('identity', 'ok'), await fetches('library', 'overloaded')]).toEqual(
    before.map((value) => value + 3),
  );
  expect(await metric('civitas_plans_total{result="miss"}')).toBe(1);
  expect(await metric('civitas_plans_total{result="hit"}')).toBe(2);
});

test('the state of breakers and the open subscriptions are read at the scrape', async () => {
  const library = connectSubgraph({
    name: 'library',
    urls: ['http://127.0.0.1:1/graphql'],
    secret: 'a secret that is long enough to be one',
    log: silent,
  });
  const { gateway } = await openedGateway({
    measured: true,
    instead: { library },
    shareReads: false,
  });
  const state = () => metric('civitas_breaker_state{subgraph="library"}');
  expect(await state()).toBe(0);
  const asked = Array.from({ length: 20 }, () => gateway.execute({ query: '{ shelf }' }));
  await Promise.all(asked);
  expect(await state()).toBe(2);
  expect(await metric('civitas_fetch_retries{subgraph="library"}')).toBe(20);

  const response = await gateway.open({ query: 'subscription { ticks }' });
  if (!('results' in response)) throw new Error('it did not start');
  expect(await metric('civitas_subscriptions_open')).toBe(1);
  await response.results.return?.();
  expect(await metric('civitas_subscriptions_open')).toBe(0);
});

test('without being asked to, a gateway measures nothing', async () => {
  const { url } = await openedGateway();
  const before = await metricsText();
  await post(url, { query: '{ shelf }' });
  const operations = (text: string) => text.match(/^civitas_operation.*$/gm);
  expect(operations(await metricsText())).toEqual(operations(before));
});

test('a subgraph is sent the trace of the operation, and a client cannot choose it', async () => {
  const spans: { name: string; traceId: string }[] = [];
  const stop = await traceTo(
    {
      onStart: () => undefined,
      onEnd: (span) => {
        spans.push({ name: span.name, traceId: span.spanContext().traceId });
      },
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    },
    { service: 'gateway', sampleRatio: 1 },
  );
  onTestFinished(stop);
  const sent = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    sent.resolve(request.headers['traceparent']);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"shelf":"x"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const library = connectSubgraph({
    name: 'library',
    urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`],
    secret: 'a secret that is long enough to be one',
    log: silent,
  });
  const { url } = await openedGateway({ measured: true, instead: { library } });
  const chosen = '0af7651916cd43dd8448eb211c80319c';
  await post(url, { query: '{ shelf }' }, { traceparent: `00-${chosen}-b7ad6b7169203331-01` });
  const names = spans.map(({ name }) => name);
  expect(names).toEqual(['fetch library', 'query other']);
  const [{ traceId } = { traceId: '' }] = spans;
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(traceId).not.toBe(chosen);
  expect(await sent.promise).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
});
