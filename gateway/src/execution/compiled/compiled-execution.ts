import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { GraphQLError } from 'graphql';
import type { PlannedOperation } from '../../operations/prepared-document.ts';
import type { LoadedSupergraph } from '../../supergraph/load-supergraph.ts';
import type { ExecutePlan, PlanSubscription, RawResult } from '../types.ts';
import type { CompileParts } from './compile-fetch.ts';
import { compileNode } from './compile-plan.ts';
import { type CompiledSubscription, compileSubscription } from './compile-subscription.ts';
import { newData } from './data.ts';
import type { Execution, Step } from './execution.ts';
import { mergerFor } from './merge.ts';
import { possibleTypesOf } from './possible-types.ts';
import { metaKeys } from './shape/collect-fields.ts';
import { compileShape, type Shape } from './shape/compile-shape.ts';

/** The two ways in which plans run. */
export interface CompiledExecution {
  readonly executePlan: ExecutePlan;
  readonly planSubscription: PlanSubscription;
}

interface CompiledOperation {
  readonly run: Step;
  readonly shape: Shape;
}

/**
 * Runs plans over the transports. A plan is compiled when it first runs and lives as long as it is
 * remembered: everything that does not depend on a request's values is worked out then.
 */
export function createCompiledExecution(
  supergraph: LoadedSupergraph,
  transports: ReadonlyMap<string, SubgraphTransport>,
): CompiledExecution {
  const types = possibleTypesOf(supergraph.supergraphSchema);
  const parts: CompileParts = { transports, types, merge: mergerFor(types.abstract) };
  const operations = new WeakMap<PlannedOperation, CompiledOperation>();
  const subscriptions = new WeakMap<
    PlannedOperation,
    CompiledSubscription & Pick<CompiledOperation, 'shape'>
  >();

  function compileOperation(planned: PlannedOperation): CompiledOperation {
    const { node } = planned.plan;
    if (node?.kind === 'Subscription') throw new Error('A subscription is not run like this.');
    const run = compileNode(node, [], parts);
    const operation = { run, shape: compileShape(supergraph.schema, planned.shapedBy) };
    operations.set(planned, operation);
    return operation;
  }

  function compileSource(
    planned: PlannedOperation,
  ): CompiledSubscription & Pick<CompiledOperation, 'shape'> {
    const { node } = planned.plan;
    if (node?.kind !== 'Subscription') throw new Error('This is not a subscription.');
    const shape = compileShape(supergraph.schema, planned.shapedBy);
    const subscription = { ...compileSubscription(node, parts), shape };
    subscriptions.set(planned, subscription);
    return subscription;
  }

  return {
    executePlan: async ({ planned, variables, origin }) => {
      const { run, shape } = operations.get(planned) ?? compileOperation(planned);
      const execution: Execution = { data: newData(), variables, origin, errors: [] };
      await run(execution);
      const raw = toRaw(execution, shape);
      // What is denied is left out of the plan on purpose.
      const isExplained = planned.plan.node !== undefined || !planned.isWhole;
      return isExplained ? raw : { ...raw, errors: unplanned(raw, planned) };
    },
    planSubscription: ({ planned, variables }) => {
      const { source, start, join, shape } = subscriptions.get(planned) ?? compileSource(planned);
      return {
        source: source(variables),
        start: (origin) => start({ variables, origin }),
        join: async (event, origin) => {
          const execution: Execution = { data: newData(), variables, origin, errors: [] };
          await join(execution, event);
          return toRaw(execution, shape);
        },
      };
    },
  };
}

function toRaw({ data: fetched, variables, errors }: Execution, shape: Shape): RawResult {
  const { data, errors: completionErrors } = shape(fetched, variables);
  return { data, errors, completionErrors };
}

/** An empty plan is right when nothing but the schema was asked for; else nulls need a reason. */
function unplanned(
  { data }: RawResult,
  { shapedBy: { node, fragments } }: PlannedOperation,
): readonly GraphQLError[] {
  const answeredHere = metaKeys(node.selectionSet, fragments);
  const keys = Object.keys(data ?? {}).filter((key) => !answeredHere.has(key));
  return keys.map(
    (key) => new GraphQLError('The planner found no way to this field.', { path: [key] }),
  );
}
