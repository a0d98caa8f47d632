import type { CostField, CostSet } from './operation-cost.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * What stands in a response costs: every object and every weighted field that is there, once, whether
 * one fragment has asked for it or many. An object does not say of which type it is: it counts as the
 * type that makes it dearest, and so never for less than it was.
 */
export function actualCost(
  { always, byType }: CostSet,
  object: unknown,
  variables: Variables,
): number {
  if (typeof object !== 'object' || object === null) return 0;
  if (byType.size === 0) return costOf(always, object, variables);
  return Math.max(
    ...[...new Set(byType.values())].map((own) => costOf([...always, ...own], object, variables)),
  );
}

function costOf(fields: readonly CostField[], object: object, variables: Variables): number {
  let sum = 0;
  const included = fields.filter(({ isIncluded }) => !isIncluded || isIncluded(variables));
  for (const [key, same] of Map.groupBy(included, (field) => field.key)) {
    const value = (object as Record<string, unknown>)[key];
    const [first] = same;
    if (value === undefined || first === undefined) continue;
    const children = united(same);
    sum += first.inputs(variables);
    for (const item of itemsOf(value)) sum += first.weight + actualCost(children, item, variables);
  }
  return sum;
}

function united(same: readonly CostField[]): CostSet {
  const sets = same.map(({ children }) => children);
  if (sets.length === 1) return sets[0] as CostSet;
  const names = new Set(sets.flatMap(({ byType }) => [...byType.keys()]));
  const ofType = (name: string) => sets.flatMap(({ byType }) => byType.get(name) ?? []);
  return {
    always: sets.flatMap(({ always }) => always),
    byType: new Map([...names].map((name) => [name, ofType(name)])),
  };
}

function itemsOf(value: unknown): readonly unknown[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.flatMap(itemsOf) : [value];
}
