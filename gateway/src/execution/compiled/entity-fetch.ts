import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { GraphQLFormattedError } from 'graphql';
import { type Data, isData } from './data.ts';
import type { Execution } from './execution.ts';
import { subgraphError, subgraphErrorsAt } from './fetch-errors.ts';
import { forgetBelow, placeKey } from './find-objects.ts';
import type { Merge } from './merge.ts';
import { leavesOf } from './merging/leaves-of.ts';
import { beforeLists, type PlanPath, placesAt } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import { type AnswerPlace, type PlacesBelow, placeAbove } from './reading/answer-places.ts';
import { compileReader } from './reading/read-answer.ts';
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
  /** Where entities of other fetches stand in its own. */
  readonly below: AnswerPlace | undefined;
  /**
   * What it asks of entities, where one answer may serve several fetches that ask it: the operation
   * without its name.
   */
  readonly question: string | undefined;
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
  {
    types,
    merge,
    placesBelow,
  }: {
    readonly types: PossibleTypes;
    readonly merge: Merge;
    readonly placesBelow: PlacesBelow;
  },
): EntityFetch {
  const { serviceName, operation, operationName, variableUsages = [] } = node;
  const rewrite = compileRewrites(node.outputRewrites, types);
  const place = placeKey(path);
  // Rewritten is every object for itself.
  const below = rewrite ? undefined : placesBelow(place);
  let leaves: string | null | undefined;
  const plainLeaves = () => {
    if (leaves === undefined) leaves = leavesOf(operation);
    return leaves;
  };

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
    below,
    makeRequest: compileEntityRequest({
      query: operation,
      operationName,
      lists: ['representations'],
      variableUsages,
      read: compileReader(placeAbove([['_entities', below]])),
    }),
    get question() {
      return (rewrite ? null : plainLeaves()) ?? undefined;
    },
    receive: (part, entities) => {
      if (rewrite) rewriteOnce(part, entities, rewrite);
      const { found, indices, execution } = part;
      let isWhole = true;
      for (let at = 0; at < found.length; at++) {
        const index = indices[at] as number;
        const entity = index < 0 ? undefined : entities[index];
        if (isData(entity)) merge(found[at] as Data, entity);
        else if (entity !== undefined && entity !== null) isWhole = false;
      }
      if (!isWhole) {
        const error = { message: 'What was sent as an entity is none.' };
        execution.errors.push(subgraphError(serviceName, error, beforeLists(path)));
      }
      if (plainLeaves() === null) forgetBelow(part.execution.found, place);
    },
    reportAt: ({ execution, found, indices }, error, index, below) => {
      const failed = new Set(found.filter((_, at) => indices[at] === index));
      if (failed.size === 0) return;
      const concerned = placesAt(execution.data, path, failed);
      const errors = subgraphErrorsAt(serviceName, error, concerned, below);
      if (errors.length > 0) execution.errors.push(...errors);
      else execution.errors.push(subgraphError(serviceName, error, beforeLists(path)));
    },
    report: ({ execution }, error) => {
      execution.errors.push(subgraphError(serviceName, error, beforeLists(path)));
    },
  };
}
