import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { StandIn } from '../../supergraph/argument-stand-ins.ts';

/** Every field that a fetch requires, at any depth. */
export function requiredFields(selections: readonly QueryPlanSelectionNode[]): readonly string[] {
  return selections.flatMap((each) => [
    ...(each.kind === 'Field' ? [each.name] : []),
    ...requiredFields(each.selections ?? []),
  ]);
}

/** The selections without some fields, and without what is empty then. */
export function withoutFields(
  selections: readonly QueryPlanSelectionNode[],
  names: ReadonlySet<string>,
): QueryPlanSelectionNode[] {
  if (names.size === 0) return [...selections];
  return selections.flatMap((each): QueryPlanSelectionNode[] => {
    if (each.kind === 'Field' && names.has(each.name)) return [];
    if (!each.selections) return [each];
    const below = withoutFields(each.selections, names);
    return below.length === 0 ? [] : [{ ...each, selections: below }];
  });
}

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
