import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { Policy } from '../access/rules.ts';
import { createAnswerPolicies } from '../caching/answer-policies.ts';
import type { CacheStore } from '../caching/cache-store.ts';
import { cachingTransport } from '../caching/caching-transport.ts';
import { createFetchPolicies } from '../caching/fetch-policies.ts';
import type { HeardSubgraphs } from '../caching/forget-by-events.ts';
import { rememberingAnswers } from '../caching/remembering-answers.ts';
import { createCompiledExecution } from '../execution/compiled/compiled-execution.ts';
import { createPlanner } from '../execution/planner.ts';
import { sharingReads } from '../execution/sharing-reads.ts';
import { createDocumentStore, type DocumentStore } from '../operations/document-store.ts';
import type { OperationLimits } from '../operations/limits.ts';
import { createPlanStore, type PlanStore } from '../operations/plan-store.ts';
import { createPlanningQueue } from '../operations/planning-queue.ts';
import { createPipeline, type Pipeline } from '../pipeline/pipeline.ts';
import type { SubscriptionGroups } from '../subscriptions/subscription-groups.ts';
import { type LoadedSupergraph, loadSupergraph, SupergraphError } from './load-supergraph.ts';
import { decidingOverrides } from './override-labels.ts';

interface Cache {
  readonly store: CacheStore;
  /** The subgraphs whose changes get here, the only ones that are remembered; absent where none do. */
  readonly heard: Pick<HeardSubgraphs, 'has'> | undefined;
}

/** What is the same whichever supergraph is served. */
export interface ServingOptions
  extends Omit<
    Parameters<typeof createPipeline>[0],
    | 'schema'
    | 'mutationOwners'
    | 'documents'
    | 'plans'
    | 'queue'
    | 'decideOverrides'
    | 'executePlan'
    | 'executeDeferred'
    | 'planSubscription'
  > {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly limits: OperationLimits;
  readonly defaultListSize: number;
  readonly shareReads: boolean;
  /** The labels of progressive overrides that hold for everybody, beside `percent(n)`. */
  readonly activeLabels: ReadonlySet<string>;
  readonly subscriptions: SubscriptionGroups;
  /** Where answers are remembered that the schema says may be. */
  readonly cache: Cache | undefined;
}

export type Transports = ReadonlyMap<string, SubgraphTransport>;

/** Everything that is made of one supergraph. A new supergraph gets a new one, whole. */
export interface Serving {
  readonly supergraph: LoadedSupergraph;
  readonly transports: Transports;
  readonly documents: DocumentStore;
  readonly plans: PlanStore;
  readonly pipeline: Pipeline;
}

/** @throws SupergraphError when the supergraph cannot be served with these transports. */
export function createServing(
  supergraphSdl: string,
  transports: Transports,
  options: ServingOptions,
): Serving {
  const { limits, defaultListSize, shareReads } = options;
  const supergraph = loadSupergraph(supergraphSdl);
  refuseIncomplete(supergraph, transports);
  const documents = createDocumentStore({ supergraph, limits, defaultListSize });
  const decideOverrides = decidingOverrides(supergraph.overrideLabels, options.activeLabels);
  const queue = createPlanningQueue();
  const strangers = [...options.activeLabels].filter(
    (label) => !supergraph.overrideLabels.includes(label),
  );
  if (strangers.length > 0) {
    options.log.warn({ labels: strangers }, 'override labels that the supergraph does not know');
  }
  const plans = createPlanStore(
    createPlanner(supergraph),
    supergraph.planNames,
    decideOverrides(undefined),
    queue,
  );
  const cached = remembering(supergraph, transports, options.cache);
  const execution = createCompiledExecution(supergraph, cached.transports);
  const { executeDeferred, planSubscription } = execution;
  const executePlan = cached.answers
    ? rememberingAnswers(execution.executePlan, cached.answers)
    : execution.executePlan;
  const pipeline = createPipeline({
    ...options,
    schema: supergraph.schema,
    mutationOwners: supergraph.mutationOwners,
    documents,
    plans,
    queue,
    decideOverrides,
    executePlan: shareReads ? sharingReads(executePlan) : executePlan,
    executeDeferred,
    planSubscription,
  });
  return { supergraph, transports, documents, plans, pipeline };
}

/** Costs nothing where no `@cacheControl` stands in the schema: everything is used as it is. */
function remembering(
  { cacheHints, supergraphSchema }: LoadedSupergraph,
  transports: Transports,
  cache: Cache | undefined,
) {
  if (!cache || cacheHints.size === 0) return { transports, answers: undefined };
  const { store, heard } = cache;
  const policyOf = createFetchPolicies(supergraphSchema, cacheHints);
  const caching = new Map(
    Array.from(transports, ([subgraph, transport]) => {
      const isHeard = heard?.has(subgraph) ?? true;
      const asked = isHeard ? policyOf : () => undefined;
      return [subgraph, cachingTransport(transport, { subgraph, store, policyOf: asked })];
    }),
  );
  return { transports: caching, answers: { store, policyOf: createAnswerPolicies(policyOf) } };
}

function refuseIncomplete({ subgraphs }: LoadedSupergraph, transports: Transports): void {
  const unreachable = subgraphs.map(({ name }) => name).filter((name) => !transports.has(name));
  if (unreachable.length > 0) {
    throw new SupergraphError(`No transport for the subgraphs ${unreachable.join(', ')}.`);
  }
}
