import type { DeferNode } from '@apollo/query-planner';
import type { Execution, Step } from '../execution.ts';

/**
 * Compiles a plan that is answered in parts: what comes first is run like any plan, and what is
 * deferred starts as soon as the fetches it needs have been answered, each part with errors of its
 * own. Both fill the same data.
 */
export function compileDefer(
  { primary, deferred }: DeferNode,
  compile: (node: DeferNode['primary']['node']) => Step,
): Step {
  const run = compile(primary.node);
  const parts = deferred.map(({ label = '', depends, node }) => ({
    label,
    needs: depends.map(({ id }) => id),
    run: compile(node),
  }));
  return (execution) => {
    const running = run(execution) ?? Promise.resolve();
    const { deferred: fetches } = execution;
    if (!fetches) throw new Error('Nobody waits for what is deferred.');
    const before = Promise.all([running, execution.before]);
    for (const { label, needs, run: runPart } of parts) {
      const needed = needs.map((id) => fetches.whenAnswered(id));
      // A fetch that was left out never answers; when all before is done it is not coming.
      const ready = Promise.race([Promise.all(needed), before]);
      fetches.schedule(
        label,
        ready.then(() => runAlone(runPart, { ...execution, before })),
      );
    }
    return running;
  };
}

/** Tells those who wait when a fetch has been answered. */
export function announced(id: string, step: Step): Step {
  return (execution) => {
    const running = step(execution);
    execution.deferred?.began(id, running ?? Promise.resolve());
    return running;
  };
}

async function runAlone(step: Step, execution: Execution): Promise<Execution['errors']> {
  const own: Execution = { ...execution, errors: [] };
  await step(own);
  return own.errors;
}
