import { randomUUID } from 'node:crypto';
import {
  ANONYMOUS,
  isStream,
  type Subgraph,
  subscribeOnSubgraph,
  type Viewer,
} from '@civitas/platform/subgraph';
import type { GraphQLField } from 'graphql';
import { callOf, idPathsOf } from './generate-input.ts';

/** The subscriptions of a subgraph that take an id. */
export function subscriptionsWithIds({ schema }: Subgraph): GraphQLField<unknown, unknown>[] {
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
  return fields.filter((field) => idPathsOf(field).length > 0);
}

/** `started`, or the code of the refusal. */
export async function trySubscription(
  subgraph: Subgraph,
  field: GraphQLField<unknown, unknown>,
  id: string | undefined,
  viewer: Viewer = ANONYMOUS,
): Promise<string> {
  const named = { epoch: undefined, stateVector: undefined };
  const { declared, call, variables } = callOf(field, { id: () => id, named });
  const query = `subscription (${declared}) { ${call} { __typename } }`;
  const { signal } = new AbortController();
  const origin = { viewer, requestId: randomUUID(), signal };
  const answer = await subscribeOnSubgraph(subgraph, { query, variables }, origin);
  if (!isStream(answer)) return String(answer.errors?.[0]?.extensions?.['code']);
  await answer.return?.();
  return 'started';
}
