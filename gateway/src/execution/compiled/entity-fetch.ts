import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { GraphQLFormattedError } from 'graphql';
import { type Data, isData } from './data.ts';
import type { Execution } from './execution.ts';
import { subgraphError, subgraphErrorsAt } from './fetch-errors.ts';
import type { Merge } from './merge.ts';
import { hasOnlyLeaves } from './merging/has-only-leaves.ts';
import { beforeLists, type PlanPath, placesAt } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import { compileRewrites } from './rewrites.ts';
import { compileEntityRequest, type MakeEntityRequest } from './subgraph-requests.ts';

/** A fetch of a plan that completes entities, as far as it is the same for every run. */
export interface EntityFetch {
  /** Its own among all fetches of this process. */
  readonly id: number;
  readonly node: FetchNode;
  readonly path: PlanPath;
  readonly transport: SubgraphTransport;
  readonly makeRequest: MakeEntityRequest;
  /** Whether one answer may serve several such fetches of the same text. */
  isShareable(): boolean;
  /** Gives every found object its entity of the answer. */
  receive(part: EntityPart, entities: readonly unknown[]): void;
  /** An error of the answer, at every place of the entity `index` that the part has. */
  reportAt(part: EntityPart, error: GraphQLFormattedError, index: number, below: PlanPath): void;
  /** An error that names no entity. */
  report(part: EntityPart, error: GraphQLFormattedError): void;
}

/** One run of an entity fetch: which objects want which entity. */
export interface EntityPart {
  readonly fetch: EntityFetch;
  readonly execution: Execution;
  readonly found: readonly Data[];
  /** For every found object which entity of the answer is its own; -1 for none. */
  readonly indices: readonly number[];
  /** The different representations as JSON. */
  readonly texts: readonly string[];
  /** The same as objects, for who is no network away. */
  readonly represent: () => readonly Data[];
}

let compiledFetches = 0;

/** Compiles the parts of an entity fetch that do not depend on what is found. */
export function compileEntityRun(
  node: FetchNode,
  path: PlanPath,
  transport: SubgraphTransport,
  { types, merge }: { readonly types: PossibleTypes; readonly merge: Merge },
): EntityFetch {
  const { serviceName, operation, operationName, variableUsages = [] } = node;
  let isShareable: boolean | undefined;
  const rewrite = compileRewrites(node.outputRewrites, types);

  function rewriteOnce(
    { found, indices }: EntityPart,
    entities: readonly unknown[],
    change: (value: unknown) => void,
  ): void {
    const isRewritten: boolean[] = [];
    for (let at = 0; at < found.length; at++) {
      const index = indices[at] as number;
      const entity = index < 0 ? undefined : entities[index];
      if (!isData(entity) || isRewritten[index]) continue;
      isRewritten[index] = true;
      entity['__typename'] ??= (found[at] as Data)['__typename'];
      change(entity);
    }
  }

  compiledFetches += 1;
  return {
    id: compiledFetches,
    node,
    path,
    transport,
    makeRequest: compileEntityRequest({
      query: operation,
      operationName,
      lists: ['representations'],
      variableUsages,
    }),
    isShareable: () => (isShareable ??= !rewrite && hasOnlyLeaves(operation)),
    receive: (part, entities) => {
      if (rewrite) rewriteOnce(part, entities, rewrite);
      const { found, indices } = part;
      for (let at = 0; at < found.length; at++) {
        const index = indices[at] as number;
        const entity = index < 0 ? undefined : entities[index];
        if (isData(entity)) merge(found[at] as Data, entity);
      }
    },
    reportAt: ({ execution, indices }, error, index, below) => {
      const concerned = placesAt(execution.data, path).filter((_, at) => indices[at] === index);
      execution.errors.push(...subgraphErrorsAt(serviceName, error, concerned, below));
    },
    report: ({ execution }, error) => {
      execution.errors.push(subgraphError(serviceName, error, beforeLists(path)));
    },
  };
}
