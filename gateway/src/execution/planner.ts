import { operationFromDocument } from '@apollo/federation-internals';
import { prettyFormatQueryPlan, type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { CivitasError } from '@civitas/platform/errors';
import type { DocumentNode } from 'graphql';
import { asksForData } from '../operations/asks-for-data.ts';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import type { Overrides } from '../supergraph/override-labels.ts';
import { translatePlan } from './planning/translate-plan.ts';
import type { PlannedFetch } from './types.ts';

/** Makes the plan of a document that holds one validated operation. Synchronous; milliseconds. */
export type MakePlan = (document: DocumentNode, overrides: Overrides) => QueryPlan;

/**
 * Ways to answer an operation that are compared. No known operation has more than forty; with the
 * planner's own limit of 10,000 there are operations of 2 kB that take it a minute, with this one a
 * fraction of a second. When there are more, the first are compared, so the plan may be dearer but is
 * right.
 */
const MAX_EVALUATED_PLANS = 200;

/** The planner has no code for its two limits, only these sentences. */
const TOO_COMPLEX = /^Number of (recursive|non-local) selections exceeds/;

/**
 * Apollo's planner over one supergraph.
 *
 * The plan function throws CivitasError `OPERATION_TOO_LARGE` when there are more ways to answer
 * the operation than the planner is willing to compare, and `OPERATION_NOT_ANSWERABLE` when it finds
 * none: it says so by a plan without any fetch, which would be answered with nulls, or by an
 * assertion of its own that failed.
 */
export function createPlanner(loaded: LoadedSupergraph): MakePlan {
  const { planned, apiSchema } = loaded;
  // Without a `@defer` in the operation this changes nothing.
  const planner = new QueryPlanner(planned, {
    incrementalDelivery: { enableDefer: true },
    debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS },
  });
  return (document, { conditions }) => {
    const options = { overrideConditions: new Map(conditions) };
    const operation = operationFromDocument(apiSchema, document, { validate: false });
    const plan = attempt(() => planner.buildQueryPlan(operation, options));
    if (!plan.node && asksForData(document)) throw new CivitasError('OPERATION_NOT_ANSWERABLE');
    return translatePlan(plan, loaded);
  };
}

function attempt(build: () => QueryPlan): QueryPlan {
  try {
    return build();
  } catch (cause) {
    // A stack overflow is judged by the pipeline, as everywhere.
    if (!(cause instanceof Error) || cause instanceof RangeError) throw cause;
    const isTooLarge = TOO_COMPLEX.test(cause.message);
    throw new CivitasError(isTooLarge ? 'OPERATION_TOO_LARGE' : 'OPERATION_NOT_ANSWERABLE', {
      cause,
    });
  }
}

/** A plan as a person or a test reads it. */
export interface ReadablePlan {
  /** Every fetch in the order the plan names them. */
  readonly summary: readonly PlannedFetch[];
  readonly fetches: number;
  /** Apollo's indented form. */
  readonly text: string;
}

type Node = NonNullable<QueryPlan['node']>;

/** Lists what a plan fetches from whom; of a condition both branches. */
export function describePlan(plan: QueryPlan): ReadablePlan {
  const summary = plan.node ? fetchesOf(plan.node, []) : [];
  return { summary, fetches: summary.length, text: prettyFormatQueryPlan(plan) };
}

function fetchesOf(node: Node, path: readonly (string | number)[]): readonly PlannedFetch[] {
  switch (node.kind) {
    case 'Fetch': {
      const { serviceName: subgraph, operation, requires } = node;
      return [{ subgraph, path: path.join('.'), entities: requires !== undefined, operation }];
    }
    case 'Flatten':
      return fetchesOf(node.node, [...path, ...node.path]);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((each) => fetchesOf(each, path));
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((each) =>
        each ? fetchesOf(each, path) : [],
      );
    case 'Subscription':
      return [node.primary, node.rest].flatMap((each) => (each ? fetchesOf(each, path) : []));
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((each) =>
        each.node ? fetchesOf(each.node, path) : [],
      );
  }
}
