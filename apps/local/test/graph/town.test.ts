import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accountTests } from './town/accounts.ts';
import { cachedPlaces } from './town/cached-places.ts';
import { CACHED_WRITES, NEVER_CHANGED } from './town/cached-writes.ts';
import { fileTests } from './town/files.ts';
import { readingTests } from './town/reading.ts';
import { rememberedTests } from './town/remembered.ts';
import { tracingTests } from './town/tracing.ts';
import { shapes, useGraph } from './use-graph.ts';

describe.each(shapes)('in %s', (shape) => {
  const graph = useGraph(shape, { traced: true });

  readingTests(graph);
  tracingTests(graph, shape);
  fileTests(graph);
  accountTests(graph, shape);
  rememberedTests(graph, shape);

  test('the graph says that it is live and ready', async () => {
    expect((await fetch(new URL('/health/live', graph.url))).status).toBe(200);
    expect((await fetch(new URL('/health/ready', graph.url))).status).toBe(200);
  });
});

test('every place that the gateway may remember has a write that shows it fresh, or never changes', async () => {
  const supergraph = readFileSync(
    new URL('../../../../supergraph.graphql', import.meta.url),
    'utf8',
  );
  const places = [...cachedPlaces(supergraph)];
  expect(places.length).toBeGreaterThan(50);
  const written = new Set(Object.values(CACHED_WRITES).flatMap(({ changes }) => changes));
  const unknown = places.filter((place) => !NEVER_CHANGED.includes(place) && !written.has(place));
  expect(unknown.sort()).toEqual([]);
  const gone = [...NEVER_CHANGED, ...written].filter((place) => !places.includes(place));
  expect(gone).toEqual([]);
});
