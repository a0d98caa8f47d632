import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphRequest, SubgraphTransport } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { type Data, isData } from './data.ts';
import type { Execution, Step } from './execution.ts';
import { fetchError, rootKeysOf, subgraphError, subgraphErrorsAt } from './fetch-errors.ts';
import type { Merge } from './merge.ts';
import { beforeLists, compileWalk, type PlanPath, placesAt } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import { compileIdentity, compileRepresentation } from './representation.ts';
import { compileRewrites } from './rewrites.ts';

/** What compiling a plan needs to know of its supergraph. */
export interface CompileParts {
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  readonly types: PossibleTypes;
  readonly merge: Merge;
}

/** Makes the request of one run; text that does not change is prepared. */
type MakeRequest = (
  execution: Pick<Execution, 'variables'>,
  representations?: readonly Data[],
  texts?: readonly string[],
) => SubgraphRequest;

export function transportOf(node: FetchNode, { transports }: CompileParts): SubgraphTransport {
  const transport = transports.get(node.serviceName);
  if (!transport) throw new Error(`There is no subgraph ${node.serviceName}.`);
  return transport;
}

/** Compiles a fetch of root fields, whose answer is merged into what stands at `path`. */
export function compileRootFetch(node: FetchNode, path: PlanPath, parts: CompileParts): Step {
  const { serviceName } = node;
  const transport = transportOf(node, parts);
  const makeRequest = compileRequest(node);
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

/** What is done with the answer to a root fetch; of a subscription, with every event. */
export function compileRootAnswer(
  node: FetchNode,
  path: PlanPath,
  { types, merge }: CompileParts,
): (execution: Execution, answer: FormattedExecutionResult) => void {
  const { serviceName } = node;
  const rewrite = compileRewrites(node.outputRewrites, types);
  const walk = compileWalk(path);
  return (execution, { data, errors }) => {
    for (const error of errors ?? []) {
      const at = error.path && [...beforeLists(path), ...error.path];
      execution.errors.push(subgraphError(serviceName, error, at));
    }
    if (!isData(data)) return;
    rewrite?.(data);
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
  const { serviceName, requires = [] } = node;
  const { types, merge } = parts;
  const transport = transportOf(node, parts);
  const makeRequest = compileRequest(node);
  const represent = compileRepresentation(requires, types, merge);
  const identify = compileIdentity(requires, types);
  const rewriteInput = compileRewrites(node.inputRewrites, types);
  const rewriteOutput = compileRewrites(node.outputRewrites, types);
  const walk = compileWalk(path);

  return (execution) => {
    const found: Data[] = [];
    walk(execution.data, found);
    if (found.length === 0) return undefined;
    const representations: Data[] = [];
    const texts: string[] = [];
    const byIdentity = new Map<string, number>();
    /** For every found object which representation is its own; -1 for none. */
    const indices: number[] = new Array(found.length);
    for (let at = 0; at < found.length; at++) {
      const data = found[at] as Data;
      const identity = identify?.(data);
      const same = identity === undefined ? undefined : byIdentity.get(identity);
      indices[at] = same ?? -1;
      if (same !== undefined || (identify && identity === undefined)) continue;
      const representation = represent(data);
      if (!representation?.['__typename']) continue;
      rewriteInput?.(representation);
      const text = JSON.stringify(representation);
      const name = identity ?? text;
      const known = byIdentity.get(name);
      indices[at] = known ?? texts.length;
      if (known !== undefined) continue;
      byIdentity.set(name, texts.length);
      texts.push(text);
      representations.push(representation);
    }
    if (texts.length === 0) return undefined;
    const request = makeRequest(execution, representations, texts);
    return complete(execution, found, indices, request, texts.length);
  };

  async function complete(
    execution: Execution,
    found: readonly Data[],
    indices: readonly number[],
    request: SubgraphRequest,
    count: number,
  ): Promise<void> {
    try {
      const { data, errors } = await transport.execute(request, execution.origin);
      if (errors && errors.length > 0) reportErrors(execution, indices, errors);
      if (!isData(data)) return;
      const entities = data['_entities'];
      if (!Array.isArray(entities) || entities.length !== count) {
        throw new Error(`The subgraph ${serviceName} did not answer with ${count} entities.`);
      }
      receive(found, indices, entities);
    } catch (cause) {
      execution.errors.push(fetchError(serviceName, cause, beforeLists(path)));
    }
  }

  function receive(
    found: readonly Data[],
    indices: readonly number[],
    entities: readonly unknown[],
  ): void {
    const isRewritten: boolean[] = [];
    for (let at = 0; at < found.length; at++) {
      const index = indices[at] as number;
      const entity = index < 0 ? undefined : entities[index];
      if (!isData(entity)) continue;
      const target = found[at] as Data;
      if (rewriteOutput && !isRewritten[index]) {
        isRewritten[index] = true;
        entity['__typename'] ??= target['__typename'];
        rewriteOutput(entity);
      }
      merge(target, entity);
    }
  }

  function reportErrors(
    execution: Execution,
    indices: readonly number[],
    errors: NonNullable<FormattedExecutionResult['errors']>,
  ): void {
    let places: readonly PlanPath[] | undefined;
    for (const error of errors) {
      const [root, index, ...below] = error.path ?? [];
      if (root !== '_entities' || typeof index !== 'number') {
        execution.errors.push(subgraphError(serviceName, error, beforeLists(path)));
        continue;
      }
      places ??= placesAt(execution.data, path);
      const concerned = places.filter((_, at) => indices[at] === index);
      execution.errors.push(...subgraphErrorsAt(serviceName, error, concerned, below));
    }
  }
}

/** Prepares the texts of a request, so that a run only fills in its values. */
export function compileRequest(node: FetchNode): MakeRequest {
  const { operation: query, operationName, variableUsages = [] } = node;
  const name =
    operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  const start = `{"query":${JSON.stringify(query)}${name}`;
  const withRepresentations = `${start},"variables":{"representations":[`;
  const isPlain = variableUsages.length === 0;

  return (execution, representations, texts) => {
    const variables: Record<string, unknown> = {};
    let rest = '';
    if (!isPlain) {
      for (const name of variableUsages) {
        if (!Object.hasOwn(execution.variables, name)) continue;
        const value = execution.variables[name];
        if (value === undefined) continue;
        variables[name] = value;
      }
      rest = JSON.stringify(variables).slice(1, -1);
    }
    if (!representations) {
      const json = isPlain ? `${start}}` : `${start},"variables":{${rest}}}`;
      return { query, operationName, variables, json };
    }
    variables['representations'] = representations;
    const json = `${withRepresentations}${(texts ?? []).join(',')}]${rest === '' ? '' : `,${rest}`}}}`;
    return { query, operationName, variables, json };
  };
}
