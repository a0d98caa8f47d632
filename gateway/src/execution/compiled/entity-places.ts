import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { placeKey } from './find-objects.ts';
import type { PlanPath } from './places.ts';

/** The places of a plan's entity fetches by `placeKey`, each with its fetches. */
export type EntityPlaces = ReadonlyMap<string, readonly FetchNode[]>;

/** Finds them; of an answer in parts none, because nothing is shared there. */
export function entityPlaces({ node }: QueryPlan): EntityPlaces {
  const places = new Map<string, FetchNode[]>();
  const collect = (each: PlanNode | undefined, path: PlanPath): void => {
    switch (each?.kind) {
      case 'Fetch':
        if (each.requires)
          places.set(placeKey(path), [...(places.get(placeKey(path)) ?? []), each]);
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
