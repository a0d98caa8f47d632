import type { EntityFetch } from '../entity-fetch.ts';
import { placeAbove } from '../reading/answer-places.ts';
import { compileReader } from '../reading/read-answer.ts';
import { compileEntityRequest, type MakeEntityRequest } from '../subgraph-requests.ts';
import { combineOperations } from './combine-operations.ts';

/** How several fetches are one request. */
export interface Combination {
  readonly makeRequest: MakeEntityRequest;
  /** The response key of each fetch's entities. */
  readonly keys: readonly string[];
  /** The subgraph would not answer them together: from now on they are sent one by one. */
  refuse(): void;
}

/** Which fetches meet depends on what was found; of one plan these are few. */
const MAX_COMBINATIONS = 32;

/** By the first of the fetches, so that they live as long as its plan; `null` where it was refused. */
const combinations = new WeakMap<EntityFetch, Map<string, Combination | null>>();

/** The combination of fetches to one subgraph, made once; undefined when they are not combined. */
export function combinationOf(fetches: readonly EntityFetch[]): Combination | undefined {
  const [first] = fetches;
  if (!first) return undefined;
  const known = combinations.get(first) ?? new Map<string, Combination | null>();
  combinations.set(first, known);
  let key = '';
  for (const { id } of fetches) key += `${id},`;
  const made = known.get(key);
  if (made !== undefined) return made ?? undefined;
  if (known.size >= MAX_COMBINATIONS) known.clear();
  const combination = combine(fetches, () => known.set(key, null));
  known.set(key, combination ?? null);
  return combination;
}

function combine(fetches: readonly EntityFetch[], refuse: () => void): Combination | undefined {
  const combined = combineOperations(fetches.map(({ node }) => node.operation));
  if (!combined) return undefined;
  const { query, keys, variables } = combined;
  const places = fetches.map(({ below }, index) => [keys[index] as string, below] as const);
  const usages = fetches.flatMap(({ node }) => node.variableUsages ?? []);
  const makeRequest = compileEntityRequest({
    query,
    operationName: undefined,
    lists: variables,
    variableUsages: [...new Set(usages)],
    read: compileReader(placeAbove(places)),
  });
  return { makeRequest, keys, refuse };
}
