import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { StandIn } from '../../supergraph/argument-stand-ins.ts';
import { pathInto } from '../../supergraph/required-paths.ts';

/**
 * What a fetch requires without some leaves, named by their paths below the types of the entities,
 * and without what is empty then.
 */
export function withoutPaths(
  requires: readonly QueryPlanSelectionNode[],
  paths: ReadonlySet<string>,
): QueryPlanSelectionNode[] {
  if (paths.size === 0) return [...requires];
  return requires.map((each) =>
    each.kind === 'InlineFragment'
      ? { ...each, selections: withoutLeaves(each.selections, paths, '') }
      : each,
  );
}

function withoutLeaves(
  selections: readonly QueryPlanSelectionNode[],
  paths: ReadonlySet<string>,
  above: string,
): QueryPlanSelectionNode[] {
  return selections.flatMap((each): QueryPlanSelectionNode[] => {
    if (each.kind === 'InlineFragment') {
      const below = withoutLeaves(each.selections, paths, pathInto(each.typeCondition, above));
      return below.some(isMore) ? [{ ...each, selections: below }] : [];
    }
    const path = `${above}${each.name}`;
    if (!each.selections) return paths.has(path) ? [] : [each];
    const below = withoutLeaves(each.selections, paths, `${path}.`);
    return below.some(isMore) ? [{ ...each, selections: below }] : [];
  });
}

/** The paths of all leaves that a fetch requires. */
export function pathsIn(requires: readonly QueryPlanSelectionNode[]): ReadonlySet<string> {
  return new Set(
    requires.flatMap((each) => (each.kind === 'InlineFragment' ? leaves(each.selections, '') : [])),
  );
}

function leaves(selections: readonly QueryPlanSelectionNode[], above: string): readonly string[] {
  return selections.flatMap((each): readonly string[] => {
    if (each.kind === 'InlineFragment') {
      return leaves(each.selections, pathInto(each.typeCondition, above));
    }
    const path = `${above}${each.name}`;
    return each.selections ? leaves(each.selections, `${path}.`) : [path];
  });
}

const isMore = (each: QueryPlanSelectionNode): boolean =>
  each.kind !== 'Field' || each.name !== '__typename';

/** Gives required stand-ins their real names, where they are. */
export function renamesIn(
  selections: readonly QueryPlanSelectionNode[],
  standIns: ReadonlyMap<string, StandIn>,
  path: readonly string[] = [],
): readonly FetchDataRewrite[] {
  return selections.flatMap((each): readonly FetchDataRewrite[] => {
    if (each.kind === 'InlineFragment') {
      const { typeCondition, selections: below } = each;
      const here = typeCondition === undefined ? path : [...path, `... on ${typeCondition}`];
      return renamesIn(below, standIns, here);
    }
    const here = [...path, each.name];
    const standIn = standIns.get(each.name);
    return [
      // What is below has to be found under the old name.
      ...renamesIn(each.selections ?? [], standIns, here),
      ...(standIn ? [{ kind: 'KeyRenamer' as const, path: here, renameKeyTo: standIn.field }] : []),
    ];
  });
}
