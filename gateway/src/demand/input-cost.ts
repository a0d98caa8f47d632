import {
  type FieldNode,
  type GraphQLField,
  type GraphQLInputObjectType,
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
  let sum = own;
  for (const field of fieldsOf(known, rules)) {
    const given = (value as Record<string, unknown>)[field.name];
    if (given !== undefined) sum += costOf(given, field.type, field.weight, rules);
  }
  return sum;
}

interface InputField {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly weight: number | undefined;
}

const inputFields = new WeakMap<CostRules, Map<GraphQLInputObjectType, readonly InputField[]>>();

/** Worked out once for a type: those that can cost anything. */
function fieldsOf(type: GraphQLInputObjectType, rules: CostRules): readonly InputField[] {
  const byType = inputFields.get(rules) ?? new Map<GraphQLInputObjectType, readonly InputField[]>();
  inputFields.set(rules, byType);
  const known = byType.get(type);
  if (known) return known;
  const fields = Object.values(type.getFields())
    .map(({ name, type: of }) => ({
      ...{ name, type: of },
      weight: rules.inputFieldWeight(type.name, name),
    }))
    .filter(({ type: of, weight }) => {
      const named = getNamedType(of);
      return (weight ?? rules.typeWeight(named.name)) !== undefined || isInputObjectType(named);
    });
  byType.set(type, fields);
  return fields;
}
