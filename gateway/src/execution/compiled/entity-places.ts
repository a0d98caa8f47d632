import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import { placeKey } from './find-objects.ts';
import type { PlanPath } from './places.ts';

/** The places of a plan's entity fetches, by `placeKey`; of an answer in parts nothing is shared. */
export function entityPlaces({ node }: QueryPlan): ReadonlySet<string> {
  const places = new Set<string>();
  const collect = (each: PlanNode | undefined, path: PlanPath): void => {
    switch (each?.kind) {
      case 'Fetch':
        if (each.requires) places.add(placeKey(path));
        break;
      case 'Flatten':
        collect(each.node, [...path, ...each.path]);
        break;
      case 'Sequence':
      case 'Parallel':
        for (const inner of each.nodes) collect(inner, path);
        break;
      case 'Condition':
        collect(each.ifClause, path);
        collect(each.elseClause, path);
        break;
      case 'Defer':
      case undefined:
        break;
    }
  };
  collect(node?.kind === 'Subscription' ? node.rest : node, []);
  return places;
}
