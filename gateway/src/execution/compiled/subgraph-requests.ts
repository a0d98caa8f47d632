import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphRequest } from '@civitas/platform/subgraph';
import type { Data } from './data.ts';
import type { Execution } from './execution.ts';
import type { ReadAnswer } from './reading/read-answer.ts';

type Variables = Record<string, unknown>;
type Given = Pick<Execution, 'variables'>;

/** Representations as JSON for a network, as objects for who is no network away. */
export interface Representations {
  readonly texts: readonly string[];
  readonly represent: () => readonly Data[];
}

/**
 * Prepares the texts of a root fetch, so that a run only fills in its values.
 *
 * @param read how its answers are read where they are JSON.
 */
export function compileRootRequest(
  node: FetchNode,
  read?: ReadAnswer,
): (given: Given) => SubgraphRequest {
  const { operation: query, operationName, variableUsages = [] } = node;
  const start = startOf(query, operationName);
  if (variableUsages.length === 0) {
    const json = `${start}}`;
    return () => ({ query, operationName, variables: {}, json, read });
  }
  return (given) => {
    const variables = variablesOf(variableUsages, given);
    const json = `${start},"variables":${JSON.stringify(variables)}}`;
    return { query, operationName, variables, json, read };
  };
}

/** Of one operation over entities, each list of representations under a variable of its own. */
export interface EntityOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  /** The names of the lists' variables. */
  readonly lists: readonly string[];
  /** The client's variables it uses. */
  readonly variableUsages: readonly string[];
  /** How its answers are read where they are JSON. */
  readonly read?: ReadAnswer | undefined;
}

/** Makes the request of one run; one list of representations for each of the operation's. */
export type MakeEntityRequest = (
  given: Given,
  representations: readonly Representations[],
) => SubgraphRequest;

/** Prepares the texts of an entity operation. */
export function compileEntityRequest({
  query,
  operationName,
  lists,
  variableUsages,
  read,
}: EntityOperation): MakeEntityRequest {
  const start = `${startOf(query, operationName)},"variables":{`;
  const opens = lists.map((name, index) => `${index === 0 ? '' : ','}${JSON.stringify(name)}:[`);
  const isPlain = variableUsages.length === 0;
  return (given, representations) => {
    let json = start;
    for (let index = 0; index < opens.length; index++) {
      json += `${opens[index]}${representations[index]?.texts.join(',')}]`;
    }
    const used = isPlain ? undefined : variablesOf(variableUsages, given);
    const rest = used ? JSON.stringify(used).slice(1, -1) : '';
    json += rest === '' ? '}}' : `,${rest}}}`;
    return {
      query,
      operationName,
      json,
      read,
      // A network carries the JSON and never asks for the objects.
      get variables() {
        const entries = lists.map((name, index) => [name, representations[index]?.represent()]);
        return { ...used, ...Object.fromEntries(entries) };
      },
    };
  };
}

function startOf(query: string, operationName: string | undefined): string {
  const name =
    operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  return `{"query":${JSON.stringify(query)}${name}`;
}

function variablesOf(usages: readonly string[], { variables: given }: Given): Variables {
  const variables: Variables = {};
  for (const name of usages) {
    if (!Object.hasOwn(given, name)) continue;
    const value = given[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}
