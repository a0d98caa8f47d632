import { createHash } from 'node:crypto';
import type { RequestOrigin, SubgraphRequest, SubgraphTransport } from '@civitas/platform/subgraph';
import { counterMetric } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import type { CacheRead, CacheStore } from './cache-store.ts';
import type { FetchPolicy } from './fetch-policies.ts';
import { entityTags, rootTags, writerTag } from './tags.ts';

interface CachingOptions {
  readonly subgraph: string;
  readonly store: CacheStore;
  readonly policyOf: (query: string) => FetchPolicy | undefined;
}

const reads = counterMetric({
  name: 'civitas_cache_reads_total',
  help: 'Answers and entities that were looked for, by whether they were remembered.',
  labels: ['kind', 'result'],
});

/**
 * Answers from what is remembered where the schema allows it: whole root fetches, and entities one
 * by one, so that only those that are missing are fetched. A mutation that was sent, whatever came of
 * it, hides from its sender everything older. Without its store it only passes on.
 */
export function cachingTransport(
  transport: SubgraphTransport,
  { subgraph, store, policyOf }: CachingOptions,
): SubgraphTransport {
  const prefixOf = (request: SubgraphRequest, origin: RequestOrigin, isPublic: boolean) => {
    const { representations: _, ...variables } = request.variables ?? {};
    const viewer = isPublic ? 'everybody' : JSON.stringify(origin.viewer);
    return `${subgraph}\0${request.query}\0${JSON.stringify(variables)}\0${viewer}`;
  };

  async function look(keys: readonly string[], origin: RequestOrigin, policy: FetchPolicy) {
    const read = await store.read(keys, writerTag(origin.viewer)).catch(() => undefined);
    for (const value of read?.values ?? []) {
      reads.inc({ kind: policy.kind, result: value === undefined ? 'miss' : 'hit' });
    }
    return read;
  }

  /** Nobody waits for it, and it may fail. */
  function keep(entries: Parameters<CacheStore['write']>[0], read: CacheRead, policy: FetchPolicy) {
    if (entries.length > 0) store.write(entries, read.at, policy.ttlMs).catch(() => undefined);
  }

  async function root(request: SubgraphRequest, origin: RequestOrigin, policy: FetchPolicy) {
    const key = hashOf(prefixOf(request, origin, policy.isPublic));
    const read = await look([key], origin, policy);
    const [known] = read?.values ?? [];
    if (known !== undefined) return { data: JSON.parse(known) };
    const answer = await transport.execute(request, origin);
    if (read && answer.data && !answer.errors) {
      keep([{ key, value: JSON.stringify(answer.data), tags: rootTags(subgraph) }], read, policy);
    }
    return answer;
  }

  async function entities(
    request: SubgraphRequest,
    origin: RequestOrigin,
    policy: FetchPolicy,
  ): Promise<FormattedExecutionResult> {
    const representations = request.variables?.['representations'] as readonly unknown[];
    const prefix = prefixOf(request, origin, policy.isPublic);
    const texts = representations.map((each) => JSON.stringify(each));
    const keys = texts.map((text) => hashOf(`${prefix}\0${text}`));
    const read = await look(keys, origin, policy);
    if (!read) return transport.execute(request, origin);
    const found = read.values.map((value) => (value === undefined ? null : JSON.parse(value)));
    const missing = read.values.flatMap((value, index) => (value === undefined ? [index] : []));
    if (missing.length === 0) return { data: { _entities: found } };

    const { query, operationName, variables } = request;
    const asked = missing.map((index) => representations[index]);
    const answer = await transport.execute(
      missing.length === representations.length
        ? request
        : { query, operationName, variables: { ...variables, representations: asked } },
      origin,
    );
    const fetched = answer.data?.['_entities'];
    if (!Array.isArray(fetched) || fetched.length !== missing.length) {
      // The executor says what is wrong with it, in terms of what it asked for.
      return missing.length === representations.length
        ? answer
        : transport.execute(request, origin);
    }
    for (const [at, index] of missing.entries()) found[index] = fetched[at];
    if (answer.errors) {
      return { data: { _entities: found }, errors: atTheirPlaces(answer.errors, missing) };
    }
    const entries = missing.flatMap((index, at) => {
      if (fetched[at] === null) return [];
      const value = JSON.stringify(fetched[at]);
      const tags = entityTags(subgraph, `${texts[index]} ${value}`);
      return [{ key: keys[index] as string, value, tags }];
    });
    keep(entries, read, policy);
    return { data: { _entities: found } };
  }

  async function write(request: SubgraphRequest, origin: RequestOrigin) {
    try {
      return await transport.execute(request, origin);
    } finally {
      // Awaited: the next read of the same viewer comes after the answer.
      await store.stamp([writerTag(origin.viewer)]).catch(() => undefined);
    }
  }

  return {
    ...transport,
    execute: (request, origin) => {
      if (request.query.startsWith('mutation')) return write(request, origin);
      const policy = origin.mayBeRemembered ? policyOf(request.query) : undefined;
      if (!policy) return transport.execute(request, origin);
      return policy.kind === 'root'
        ? root(request, origin, policy)
        : entities(request, origin, policy);
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function atTheirPlaces(
  errors: NonNullable<FormattedExecutionResult['errors']>,
  missing: readonly number[],
): NonNullable<FormattedExecutionResult['errors']> {
  return errors.map((error) => {
    const [root, index, ...below] = error.path ?? [];
    const place = typeof index === 'number' ? missing[index] : undefined;
    return root === '_entities' && place !== undefined
      ? { ...error, path: [root, place, ...below] }
      : error;
  });
}
