import { isIndependent, type SubgraphTransport } from '@civitas/platform/subgraph';
import { GraphQLError } from 'graphql';
import { documentOf, type PlannedOperation } from '../../operations/prepared-document.ts';
import type { PrivateKeys } from '../../operations/private-keys.ts';
import type { LoadedSupergraph } from '../../supergraph/load-supergraph.ts';
import type { ExecuteDeferred, ExecutePlan, PlanSubscription } from '../types.ts';
import type { CompileParts } from './compile-fetch.ts';
import { compileNode } from './compile-plan.ts';
import { type CompiledSubscription, compileSubscription } from './compile-subscription.ts';
import { CompletedResult, type ResponseForms } from './completed-result.ts';
import { newData } from './data.ts';
import { type CompileDeferred, compileDeferred } from './deferred/compile-deferred.ts';
import { runDeferred } from './deferred/run-deferred.ts';
import { entityPlaces } from './entity-places.ts';
import type { Execution, Step } from './execution.ts';
import { mergerFor } from './merge.ts';
import { possibleTypesOf } from './possible-types.ts';
import { compilePlacesBelow } from './reading/answer-places.ts';
import { compileShape } from './shape/compile-shape.ts';
import { compileText } from './shape/compile-text.ts';

/** The ways in which plans run. */
export interface CompiledExecution {
  readonly executePlan: ExecutePlan;
  readonly executeDeferred: ExecuteDeferred;
  readonly planSubscription: PlanSubscription;
}

interface CompiledOperation {
  readonly run: Step;
  readonly forms: ResponseForms;
}

interface RunnableSubscription extends CompiledSubscription, Pick<CompiledOperation, 'forms'> {
  readonly isShareable: boolean;
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
  const merge = mergerFor(types.abstract);
  const operations = new WeakMap<PlannedOperation, CompiledOperation>();
  const deferring = new WeakMap<PlannedOperation, CompileDeferred>();
  const subscriptions = new WeakMap<PlannedOperation, RunnableSubscription>();

  function partsOf({ plan }: PlannedOperation): CompileParts {
    return { transports, types, merge, placesBelow: compilePlacesBelow(entityPlaces(plan), types) };
  }

  function formsOf(planned: PlannedOperation): ResponseForms {
    return {
      shape: compileShape(supergraph, planned),
      write: compileText(supergraph.schema, planned),
    };
  }

  function compileOperation(planned: PlannedOperation): CompiledOperation {
    const { node } = planned.plan;
    if (node?.kind === 'Subscription') throw new Error('A subscription is not run like this.');
    const run = compileNode(node, [], partsOf(planned));
    const operation = { run, forms: formsOf(planned) };
    operations.set(planned, operation);
    return operation;
  }

  function compileInParts(planned: PlannedOperation): CompileDeferred {
    const { node } = planned.plan;
    if (node?.kind === 'Subscription') throw new Error('A subscription is not run like this.');
    // What is deferred finds its places by walking, so nothing is shared.
    const run = compileNode(node, [], { ...partsOf(planned), placesBelow: () => undefined });
    const compiled = compileDeferred(supergraph, planned, run);
    deferring.set(planned, compiled);
    return compiled;
  }

  function compileSource(planned: PlannedOperation): RunnableSubscription {
    const { node } = planned.plan;
    if (node?.kind !== 'Subscription') throw new Error('This is not a subscription.');
    const subscription = {
      ...compileSubscription(node, partsOf(planned)),
      forms: formsOf(planned),
      // Denied fields are named in the data of each response.
      isShareable: planned.isWhole && isIndependent(documentOf(planned.shapedBy)),
    };
    subscriptions.set(planned, subscription);
    return subscription;
  }

  return {
    executePlan: async ({ planned, variables, origin }) => {
      const { run, forms } = operations.get(planned) ?? compileOperation(planned);
      const execution: Execution = { data: newData(), variables, origin, errors: [] };
      await run(execution);
      return new CompletedResult(execution, forms, shown(execution.errors, planned.keys));
    },
    executeDeferred: ({ planned, variables, origin }) => {
      const compiled = deferring.get(planned) ?? compileInParts(planned);
      const show = (errors: GraphQLError[]) => shown(errors, planned.keys);
      return runDeferred(supergraph.schema, compiled(variables), { variables, origin, show });
    },
    planSubscription: ({ planned, variables }) => {
      const compiled = subscriptions.get(planned) ?? compileSource(planned);
      const { source, start, join, forms, isJoined } = compiled;
      return {
        isJoined,
        alike: compiled.isShareable ? planned : undefined,
        source: source(variables),
        start: (origin) => start({ variables, origin }),
        join: async (event, origin) => {
          const execution: Execution = { data: newData(), variables, origin, errors: [] };
          await join(execution, event);
          return new CompletedResult(execution, forms, shown(execution.errors, planned.keys));
        },
      };
    },
  };
}

/** The errors at their places under the client's keys. */
function shown(errors: GraphQLError[], keys: PrivateKeys): GraphQLError[] {
  if (keys.isEmpty) return errors;
  return errors.map((error) => {
    if (!error.path) return error;
    const { message, extensions, originalError } = error;
    const path = error.path.map((step) => (typeof step === 'string' ? keys.shownAs(step) : step));
    return new GraphQLError(message, { extensions, originalError, path });
  });
}
