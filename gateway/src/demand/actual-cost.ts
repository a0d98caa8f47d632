import type { CostField } from './operation-cost.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * What stands in a response costs: every object and every weighted field that is there, once, whether
 * one fragment has asked for it or many.
 */
export function actualCost(
  fields: readonly CostField[],
  object: unknown,
  variables: Variables,
): number {
  if (typeof object !== 'object' || object === null) return 0;
  let sum = 0;
  for (const [key, same] of Map.groupBy(fields, (field) => field.key)) {
    const value = (object as Record<string, unknown>)[key];
    const [first] = same;
    if (value === undefined || first === undefined) continue;
    const children = same.flatMap((field) => field.children);
    sum += first.inputs(variables);
    for (const item of itemsOf(value)) sum += first.weight + actualCost(children, item, variables);
  }
  return sum;
}

function itemsOf(value: unknown): readonly unknown[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.flatMap(itemsOf) : [value];
}
