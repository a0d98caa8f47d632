import type { RequestOrigin, SubgraphRequest, SubgraphTransport } from '@civitas/platform/subgraph';
import { counterMetric } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import type { CacheRead, CacheStore } from './cache-store.ts';
import type { FetchPolicy, PolicyOf } from './fetch-policies.ts';
import { hashOf } from './hash-of.ts';
import { noteFetch } from './seen-fetches.ts';
import { answerTags, writerTag, writeTags } from './tags.ts';

/** A transport that remembers says of which requests: these are better not combined with others. */
export interface CachingTransport extends SubgraphTransport {
  isRemembered(query: string): boolean;
}

type Variables = NonNullable<SubgraphRequest['variables']>;

interface CachingOptions {
  readonly subgraph: string;
  readonly store: CacheStore;
  readonly policyOf: PolicyOf;
}

export const cacheReads = counterMetric({
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
): CachingTransport {
  const prefixOf = (variables: Variables, { viewer }: RequestOrigin, policy: FetchPolicy) => {
    const reader = policy.isPublic ? 'everybody' : JSON.stringify(viewer);
    return `${subgraph}\0${policy.text}\0${JSON.stringify(variables)}\0${reader}`;
  };

  async function look(keys: readonly string[], origin: RequestOrigin, policy: FetchPolicy) {
    const read = await store.read(keys, writerTag(origin.viewer)).catch(() => undefined);
    for (const value of read?.values ?? []) {
      cacheReads.inc({ kind: policy.kind, result: value === undefined ? 'miss' : 'hit' });
    }
    return read;
  }

  /** Nobody waits for it, and it may fail. */
  function keep(entries: Parameters<CacheStore['write']>[0], read: CacheRead, policy: FetchPolicy) {
    if (entries.length > 0) store.write(entries, read.at, policy.ttlMs).catch(() => undefined);
  }

  async function root(request: SubgraphRequest, origin: RequestOrigin, policy: FetchPolicy) {
    const { isPublic, namesItsObjects } = policy;
    const { variables = {} } = request;
    const key = hashOf(prefixOf(variables, origin, policy));
    const read = await look([key], origin, policy);
    const asked = JSON.stringify(variables);
    const tagsOf = (json: string) => answerTags(subgraph, `${asked} ${json}`, namesItsObjects);
    const [known] = read?.values ?? [];
    if (known !== undefined) {
      noteFetch(origin, { tags: tagsOf(known.value), ttlMs: known.ttlMs, isPublic });
      return { data: JSON.parse(known.value) };
    }
    const answer = await transport.execute(request, origin);
    if (!read || !answer.data || answer.errors) {
      noteFetch(origin);
      return answer;
    }
    const value = JSON.stringify(answer.data);
    const tags = tagsOf(value);
    noteFetch(origin, { tags, ttlMs: policy.ttlMs, isPublic });
    keep([{ key, value, tags }], read, policy);
    return answer;
  }

  async function entities(
    request: SubgraphRequest,
    origin: RequestOrigin,
    policy: FetchPolicy,
  ): Promise<FormattedExecutionResult> {
    const { isPublic, namesItsObjects } = policy;
    // Made anew each time they are asked for.
    const { query, operationName, variables = {} } = request;
    const { representations: given, ...others } = variables;
    const representations = given as readonly unknown[];
    const prefix = prefixOf(others, origin, policy);
    const texts = representations.map((each) => JSON.stringify(each));
    const keys = texts.map((text) => hashOf(`${prefix}\0${text}`));
    const read = await look(keys, origin, policy);
    if (!read) {
      noteFetch(origin);
      return transport.execute(request, origin);
    }
    const tagsOf = (index: number, json: string) =>
      answerTags(subgraph, `${texts[index]} ${json}`, namesItsObjects);
    const missing: number[] = [];
    const found = read.values.map((remembered, index) => {
      if (remembered === undefined) {
        missing.push(index);
        return null;
      }
      const { value, ttlMs } = remembered;
      noteFetch(origin, { tags: tagsOf(index, value), ttlMs, isPublic });
      return JSON.parse(value);
    });
    if (missing.length === 0) return { data: { _entities: found } };

    const asked = missing.map((index) => representations[index]);
    const answer = await transport.execute(
      missing.length === representations.length
        ? request
        : { query, operationName, variables: { ...others, representations: asked } },
      origin,
    );
    const fetched = answer.data?.['_entities'];
    if (!Array.isArray(fetched) || fetched.length !== missing.length) {
      noteFetch(origin);
      // The executor says what is wrong with it, in terms of what it asked for.
      return missing.length === representations.length
        ? answer
        : transport.execute(request, origin);
    }
    for (const [at, index] of missing.entries()) found[index] = fetched[at];
    if (answer.errors) {
      noteFetch(origin);
      return { data: { _entities: found }, errors: atTheirPlaces(answer.errors, missing) };
    }
    const entries = missing.flatMap((index, at) => {
      const value = JSON.stringify(fetched[at]);
      const tags = tagsOf(index, value);
      noteFetch(origin, { tags, ttlMs: policy.ttlMs, isPublic });
      return fetched[at] === null ? [] : [{ key: keys[index] as string, value, tags }];
    });
    keep(entries, read, policy);
    return { data: { _entities: found } };
  }

  async function write(request: SubgraphRequest, origin: RequestOrigin) {
    let written = '';
    try {
      const answer = await transport.execute(request, origin);
      written = JSON.stringify(answer.data ?? null);
      return answer;
    } finally {
      // Awaited: the next read of the same viewer comes after the answer.
      await store.stamp(writeTags(subgraph, origin.viewer, written)).catch(() => undefined);
    }
  }

  return {
    ...transport,
    isRemembered: (query) => policyOf(query) !== undefined,
    execute: (request, origin) => {
      if (request.query.startsWith('mutation')) return write(request, origin);
      const policy = origin.mayBeRemembered ? policyOf(request.query) : undefined;
      if (policy?.kind === 'root') return root(request, origin, policy);
      if (policy?.kind === 'entities') return entities(request, origin, policy);
      noteFetch(origin);
      return transport.execute(request, origin);
    },
  };
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
