import type { PlanNode } from '@apollo/query-planner';
import { type CompileParts, compileEntityFetch, compileRootFetch } from './compile-fetch.ts';
import { announced, compileDefer } from './deferred/compile-defer.ts';
import type { Step } from './execution.ts';
import type { PlanPath } from './places.ts';

const NOTHING: Step = () => undefined;

/** Compiles a node of a plan, whose answers belong to what stands at `path`. */
export function compileNode(node: PlanNode | undefined, path: PlanPath, parts: CompileParts): Step {
  switch (node?.kind) {
    case undefined:
      return NOTHING;
    case 'Fetch': {
      const fetch = node.requires
        ? compileEntityFetch(node, path, parts)
        : compileRootFetch(node, path, parts);
      return node.id === undefined ? fetch : announced(node.id, fetch);
    }
    case 'Flatten':
      return compileNode(node.node, [...path, ...node.path], parts);
    case 'Sequence':
      return inSequence(node.nodes.map((each) => compileNode(each, path, parts)));
    case 'Parallel':
      return inParallel(node.nodes.map((each) => compileNode(each, path, parts)));
    case 'Condition': {
      const { condition } = node;
      const whenTrue = compileNode(node.ifClause, path, parts);
      const whenFalse = compileNode(node.elseClause, path, parts);
      return (execution) =>
        execution.variables[condition] === true ? whenTrue(execution) : whenFalse(execution);
    }
    case 'Defer':
      return compileDefer(node, (each) => compileNode(each, path, parts));
  }
}

function inSequence(steps: readonly Step[]): Step {
  return async (execution) => {
    for (const step of steps) {
      const running = step(execution);
      if (running) await running;
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return (execution) => {
    const running: Promise<unknown>[] = [];
    for (const step of steps) {
      const started = step(execution);
      if (started) running.push(started);
    }
    if (running.length === 0) return undefined;
    return running.length === 1 ? running[0] : Promise.all(running);
  };
}
