import type { QueryPlan } from '@apollo/query-planner';
import type { SubscriptionAnswer } from '@civitas/platform/subgraph';
import { type CompileParts, compileRootAnswer, transportOf } from './compile-fetch.ts';
import { compileNode } from './compile-plan.ts';
import type { Execution } from './execution.ts';
import { compileRootRequest } from './subgraph-requests.ts';

type SubscriptionNode = Extract<NonNullable<QueryPlan['node']>, { kind: 'Subscription' }>;

/** What one event is made of: its own answer, completed by the rest of the plan. */
export interface CompiledSubscription {
  /** Names the source: the subgraph and what is asked of it. */
  source(variables: Execution['variables']): string;
  /** Whether the rest of the plan is more than nothing. */
  readonly isJoined: boolean;
  /** Starts the source at the subgraph that owns the field. */
  start(execution: Pick<Execution, 'variables' | 'origin'>): Promise<SubscriptionAnswer>;
  /** Fills the execution of one event. Never rejects. */
  join(
    execution: Execution,
    event: Parameters<ReturnType<typeof compileRootAnswer>>[1],
  ): Promise<void>;
}

/** Compiles the plan of a subscription. */
export function compileSubscription(
  { primary, rest }: SubscriptionNode,
  parts: CompileParts,
): CompiledSubscription {
  const transport = transportOf(primary, parts);
  const makeRequest = compileRootRequest(primary);
  const receive = compileRootAnswer(primary, [], parts);
  const run = compileNode(rest, [], parts);
  return {
    isJoined: rest !== undefined,
    source: (variables) => `${primary.serviceName} ${makeRequest({ variables }).json}`,
    start: ({ variables, origin }) => transport.subscribe(makeRequest({ variables }), origin),
    join: async (execution, event) => {
      receive(execution, event);
      await run(execution);
    },
  };
}
