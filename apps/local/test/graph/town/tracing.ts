import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/demo/identity.ts';
import { subgraphNames } from '../../../src/subgraph-names.ts';
import { type CollectedSpan, stringOf, type TraceCollector } from '../trace-collector.ts';
import type { Shape, TestGraph } from '../use-graph.ts';

const TOWN = readFileSync(
  new URL('../../../../../operations/town.graphql', import.meta.url),
  'utf8',
);

const hasText = (attributes: CollectedSpan['attributes'], requestId: string) =>
  stringOf(attributes, 'civitas.request_id') === requestId &&
  stringOf(attributes, 'civitas.outcome') !== '';

/** What the processes of a graph tell of themselves. */
export function tracingTests(graph: TestGraph, shape: Shape): void {
  test('the Town query is one trace, from the gateway over each subgraph to its SQL, without what anybody said', async () => {
    const { spans, wayUp } = graph.collector as TraceCollector;
    const requestId = randomUUID();
    // Of people that nobody has asked about yet: what is remembered needs no SQL.
    const person = graph.world.ofKind('CIVILIAN')[1];
    const token = await graph.signIn(person?.handle ?? '');
    const idOf = (kind: 'CIVILIAN' | 'FAMILY' | 'MERCHANT') => graph.world.ofKind(kind)[1]?.id;
    const ofTheSecond = {
      civilian: idOf('CIVILIAN'),
      family: idOf('FAMILY'),
      merchant: idOf('MERCHANT'),
    };
    await fetch(graph.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': requestId,
      },
      body: JSON.stringify({ query: TOWN, variables: ofTheSecond }),
    });
    /** From each subgraph's statements up: names of spans, and the process that each is of. */
    const ways = () => {
      const [root] = spans.filter(({ attributes }) => hasText(attributes, requestId)).slice(-1);
      const ofTrace = spans.filter(({ traceId }) => traceId === root?.traceId);
      return new Set(
        ofTrace
          .filter(({ name }) => name.startsWith('sql SELECT'))
          .map((span) => wayUp(span).map(({ service, name }) => `${service}: ${name}`))
          .map((way) => way.slice(1).join(' < ')),
      );
    };
    const expected = (name: string) =>
      shape === 'one process'
        ? `civitas: execute ${name} < civitas: fetch ${name} < civitas: query other`
        : `${name}: execute ${name} < ${name}: POST ${name} < gateway: fetch ${name} < gateway: query Town`;
    await expect
      .poll(ways, { timeout: 15_000 })
      .toEqual(new Set(subgraphNames.map((name) => expected(name))));
    const told = JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]));
    expect(told).toMatch(/SELECT .*\$1/);
    const said = [DEMO_PASSWORD, token, '@demo.civitas.example', '127.0.0.1', 'usr_'];
    for (const each of [...said, person?.displayName ?? '', person?.handle ?? '']) {
      expect(told).not.toContain(each);
    }
  });
}
