import {
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { ReadArgument } from './argument-reader.ts';
import type { CostRules } from './cost-rules.ts';
import type { Known } from './operation-cost.ts';

const FREE: Known = { of: () => 0, isConstant: true };

/**
 * What the arguments of a field cost: an input object 1 and a leaf nothing unless `@cost` says
 * otherwise, an input field only when it is there, and every item of a list.
 */
export function inputCost(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  weights: ReadonlyMap<string, number> | undefined,
  read: ReadArgument,
  rules: CostRules,
): Known {
  const parts = field.args.flatMap((argument) => {
    const isGiven = node.arguments?.some(({ name }) => name.value === argument.name);
    if (!isGiven && argument.defaultValue === undefined) return [];
    const weight = weights?.get(argument.name);
    const type = getNamedType(argument.type);
    if (
      !isInputObjectType(type) &&
      weight === undefined &&
      rules.typeWeight(type.name) === undefined
    ) {
      return [];
    }
    const { of, isConstant } = read([argument.name]);
    return {
      of: (variables: object) => costOf(of(variables as never), argument.type, weight, rules),
      isConstant,
    };
  });
  if (parts.length === 0) return FREE;
  const sum: Known['of'] = (variables) =>
    parts.reduce((total, part) => total + part.of(variables), 0);
  if (!parts.every(({ isConstant }) => isConstant)) return { of: sum, isConstant: false };
  const constant = sum({});
  return { of: () => constant, isConstant: true };
}

function costOf(
  value: unknown,
  type: GraphQLInputType,
  weight: number | undefined,
  rules: CostRules,
): number {
  if (value === undefined || value === null) return 0;
  const known = getNullableType(type);
  if (isListType(known)) {
    const items = Array.isArray(value) ? value : [value];
    return items.reduce<number>((sum, item) => sum + costOf(item, known.ofType, weight, rules), 0);
  }
  const own = weight ?? rules.typeWeight(known.name) ?? (isInputObjectType(known) ? 1 : 0);
  if (!isInputObjectType(known) || typeof value !== 'object') return own;
  return Object.values(known.getFields()).reduce(
    (sum, field) =>
      sum +
      costOf(
        (value as Record<string, unknown>)[field.name],
        field.type,
        rules.inputFieldWeight(known.name, field.name),
        rules,
      ),
    own,
  );
}
