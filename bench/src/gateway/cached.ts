import { createHash } from 'node:crypto';
import { composeServices } from '@apollo/composition';
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';
import { type LoadRequest, loadWith } from '../load.ts';
import { median, printTable, quantile } from '../statistics.ts';
import type { Child } from './child.ts';
import { queries } from './queries.ts';
import type { GatewayBenchOptions } from './read-options.ts';
import { benchSubgraphs } from './subgraphs.ts';

const CONNECTIONS = 50;
const WARM_UP_SECONDS = 3;
const BASELINE = 'not remembered';
/** Says that no page of another origin sent it. */
const PREFLIGHT = 'apollo-require-preflight: true';
const CACHE_CONTROL = parse(/* GraphQL */ `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@provides", "@shareable", "@composeDirective"])
    @link(url: "https://specs.civitas.example/cacheControl/v1.0", import: ["@cacheControl"])
    @composeDirective(name: "@cacheControl")
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
`);

/** How long what may be remembered, in seconds; absent where nothing is said of it. */
interface Hints {
  readonly objects?: number;
  readonly rootFields?: number;
}

type StartGateway = (name: string, supergraphSdl: string) => Promise<Child>;

interface Way {
  readonly name: string;
  readonly child: Child;
  readonly url: string;
  readonly request: LoadRequest;
  readonly cpuMs: number[];
  readonly perSecond: number[];
  readonly latencies: number[];
}

/**
 * What remembering is worth: the same query where nothing may be remembered (the baseline), where
 * entities may, where the whole answer may, and where the caller has it already and only asks whether
 * it still holds. Everybody is a stranger, sharing of reads is off.
 */
export async function measureRemembering(
  subgraphsUrl: string,
  options: GatewayBenchOptions,
  start: StartGateway,
): Promise<void> {
  const gateways = {
    none: await start('none', supergraphWith({}, subgraphsUrl)),
    entities: await start(
      'entities',
      supergraphWith({ objects: 600, rootFields: 0 }, subgraphsUrl),
    ),
    answers: await start(
      'answers',
      supergraphWith({ objects: 600, rootFields: 600 }, subgraphsUrl),
    ),
  };
  // A fetch that has fragments of its own, as the planner gives the nested query's, is not remembered.
  for (const query of options.queries.filter((each) => each !== 'nested')) {
    const text = queries[query];
    const post = postOf(text);
    const way = (name: string, child: Child, request = post, url = child.url): Way => ({
      name,
      child,
      url,
      request,
      cpuMs: [],
      perSecond: [],
      latencies: [],
    });
    const { url, etag } = await registered(gateways.answers.url, text);
    const get = { method: 'GET', headers: [PREFLIGHT] } as const;
    const again = { ...get, headers: [PREFLIGHT, `if-none-match: ${etag}`], status: 304 };
    const ways = [
      way(BASELINE, gateways.none),
      way('entities', gateways.entities),
      way('whole answer', gateways.answers),
      way('whole answer, GET by hash', gateways.answers, get, url),
      way('GET by hash, still holds', gateways.answers, again, url),
    ];
    for (let round = -1; round < options.rounds; round += 1) {
      for (const each of ways)
        await play(each, round < 0 ? WARM_UP_SECONDS : options.roundSeconds, round >= 0);
    }
    report(query, ways);
  }
}

async function play(way: Way, seconds: number, isMeasured: boolean): Promise<void> {
  const before = way.child.cpuMs();
  const round = await loadWith(way.url, way.request, CONNECTIONS, seconds);
  if (!isMeasured) return;
  way.cpuMs.push((way.child.cpuMs() - before) / round.requests);
  way.perSecond.push(round.requests / round.seconds);
  way.latencies.push(...round.latencies);
}

function report(query: string, ways: readonly Way[]): void {
  const baseline = median(ways.find(({ name }) => name === BASELINE)?.cpuMs ?? []);
  printTable(
    `gateway, ${query} query, what is remembered: ${CONNECTIONS} connections`,
    ways.map(({ name, cpuMs, perSecond, latencies }) => ({
      name,
      'CPU ms/request': median(cpuMs).toFixed(3),
      'requests/s': median(perSecond).toFixed(0),
      'p50 ms': median(latencies).toFixed(1),
      'p99 ms': quantile(latencies, 0.99).toFixed(1),
      [`${BASELINE} ÷ CPU`]: (baseline / median(cpuMs)).toFixed(1),
    })),
  );
}

function postOf(query: string): LoadRequest {
  const headers = ['content-type: application/json'];
  return { method: 'POST', headers, body: JSON.stringify({ query }) };
}

/** Makes the query an automatic persisted one. @returns its address, and the mark of its answer. */
async function registered(url: string, query: string): Promise<{ url: string; etag: string }> {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const sent = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, extensions }),
  });
  await sent.text();
  const address = `${url}?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
  const headers = { 'apollo-require-preflight': 'true' };
  const answer = await fetch(address, { headers });
  await answer.text();
  const etag = answer.headers.get('etag');
  if (etag === null) throw new Error(`The answer to a GET has no mark: status ${answer.status}.`);
  return { url: address, etag };
}

function supergraphWith(hints: Hints, origin: string): string {
  const { supergraphSdl, errors } = composeServices(
    benchSubgraphs.map(({ name, typeDefs }) => ({
      name,
      typeDefs: withHints(typeDefs, hints),
      url: `${origin}/${name}`,
    })),
  );
  if (supergraphSdl === undefined) {
    throw new Error(errors?.map(({ message }) => message).join('\n'));
  }
  return supergraphSdl;
}

function withHints({ definitions, ...document }: DocumentNode, hints: Hints): DocumentNode {
  const typeDefs = {
    ...document,
    definitions: [
      ...CACHE_CONTROL.definitions,
      ...definitions.filter(({ kind }) => kind !== Kind.SCHEMA_EXTENSION),
    ],
  };
  return visit(typeDefs, {
    ObjectTypeDefinition: (node) => {
      const isRoot = node.name.value === 'Query';
      const seconds = isRoot ? hints.rootFields : hints.objects;
      if (seconds === undefined) return undefined;
      const directive = cacheControl(seconds);
      if (!isRoot) return { ...node, directives: [...(node.directives ?? []), directive] };
      const fields = node.fields?.map((field) => ({
        ...field,
        directives: [...(field.directives ?? []), directive],
      }));
      return { ...node, fields };
    },
  });
}

function cacheControl(seconds: number): ConstDirectiveNode {
  const { definitions } = parse(
    `type T @cacheControl(maxAge: ${seconds}, scope: PUBLIC) { x: Int }`,
  );
  const [definition] = definitions;
  const [directive] =
    definition?.kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.directives ?? []) : [];
  return directive as ConstDirectiveNode;
}
