import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { PlannedOperation } from '../../operations/prepared-document.ts';
import type { LoadedSupergraph } from '../../supergraph/load-supergraph.ts';
import type { ExecutePlan } from '../types.ts';
import type { CompileParts } from './compile-fetch.ts';
import { compileNode } from './compile-plan.ts';
import { newData } from './data.ts';
import type { Execution, Step } from './execution.ts';
import { mergerFor } from './merge.ts';
import { possibleTypesOf } from './possible-types.ts';
import { compileShape, type Shape } from './shape/compile-shape.ts';

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
): ExecutePlan {
  const types = possibleTypesOf(supergraph.supergraphSchema);
  const parts: CompileParts = { transports, types, merge: mergerFor(types.abstract) };
  const compiled = new WeakMap<PlannedOperation, CompiledOperation>();

  function compile(planned: PlannedOperation): CompiledOperation {
    const { node } = planned.plan;
    if (node?.kind === 'Subscription') throw new Error('A subscription is not run like this.');
    const operation = {
      run: compileNode(node, [], parts),
      shape: compileShape(supergraph.schema, planned.shapedBy),
    };
    compiled.set(planned, operation);
    return operation;
  }

  return async ({ planned, variables, origin }) => {
    const { run, shape } = compiled.get(planned) ?? compile(planned);
    const execution: Execution = { data: newData(), variables, origin, errors: [] };
    await run(execution);
    const { data, errors } = shape(execution.data, variables);
    return { data, errors: execution.errors, completionErrors: errors };
  };
}
