import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { type Data, isData } from './data.ts';
import { compileEntityRun } from './entity-fetch.ts';
import type { Execution, Step } from './execution.ts';
import { fetchError, rootKeysOf, subgraphError } from './fetch-errors.ts';
import { forgetBelow, placeKey } from './find-objects.ts';
import { compileGather } from './gather-entities.ts';
import type { Merge } from './merge.ts';
import { askForEntities } from './merging/ask-for-entities.ts';
import { FetchBatch } from './merging/fetch-batch.ts';
import { beforeLists, compileWalk, type PlanPath } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import type { PlacesBelow } from './reading/answer-places.ts';
import { compileReader, type ReadAnswer } from './reading/read-answer.ts';
import { compileRewrites } from './rewrites.ts';
import { compileRootRequest } from './subgraph-requests.ts';

/** What compiling a node of a plan needs to know of its supergraph and of the plan. */
export interface CompileParts {
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  readonly types: PossibleTypes;
  readonly merge: Merge;
  readonly placesBelow: PlacesBelow;
}

export function transportOf(node: FetchNode, { transports }: CompileParts): SubgraphTransport {
  const transport = transports.get(node.serviceName);
  if (!transport) throw new Error(`There is no subgraph ${node.serviceName}.`);
  return transport;
}

/** Compiles a fetch of root fields, whose answer is merged into what stands at `path`. */
export function compileRootFetch(node: FetchNode, path: PlanPath, parts: CompileParts): Step {
  const { serviceName } = node;
  const transport = transportOf(node, parts);
  const makeRequest = compileRootRequest(node, readerOf(node, path, parts));
  const receive = compileRootAnswer(node, path, parts);
  return async (execution) => {
    try {
      receive(execution, await transport.execute(makeRequest(execution), execution.origin));
    } catch (cause) {
      for (const key of rootKeysOf(node.operation)) {
        execution.errors.push(fetchError(serviceName, cause, [...beforeLists(path), key]));
      }
    }
  };
}

/** Rewritten is every object for itself. */
function readerOf(
  { outputRewrites = [] }: FetchNode,
  path: PlanPath,
  { placesBelow }: CompileParts,
): ReadAnswer | undefined {
  return outputRewrites.length > 0 ? undefined : compileReader(placesBelow(placeKey(path)));
}

/** What is done with the answer to a root fetch; of a subscription, with every event. */
export function compileRootAnswer(
  node: FetchNode,
  path: PlanPath,
  { types, merge }: CompileParts,
): (execution: Execution, answer: FormattedExecutionResult) => void {
  const { serviceName } = node;
  const rewrite = compileRewrites(node.outputRewrites, types);
  const walk = compileWalk(path);
  const place = placeKey(path);
  return (execution, { data, errors }) => {
    for (const error of errors ?? []) {
      const at = error.path && [...beforeLists(path), ...error.path];
      execution.errors.push(subgraphError(serviceName, error, at));
    }
    if (!isData(data)) return;
    rewrite?.(data);
    forgetBelow(execution.found, place);
    if (path.length === 0) return merge(execution.data, data);
    const targets: Data[] = [];
    walk(execution.data, targets);
    for (const target of targets) {
      merge(target, targets.length === 1 ? data : structuredClone(data));
    }
  };
}

/** Compiles a fetch that completes the entities at `path`, each different one asked for once. */
export function compileEntityFetch(node: FetchNode, path: PlanPath, parts: CompileParts): Step {
  const fetch = compileEntityRun(node, path, transportOf(node, parts), parts);
  const gather = compileGather(node, path, parts);
  return (execution) => {
    const part = gather(execution, fetch);
    if (!part) return undefined;
    // What is deferred must not be waited for by what is not.
    if (execution.deferred) return askForEntities([part]);
    execution.batch ??= new FetchBatch(execution.origin.mayBeRemembered === true);
    return execution.batch.add(part);
  };
}
