import { CivitasError } from '@civitas/platform/errors';
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import type { OperationBody } from '../operations/prepared-document.ts';
import { actualCost } from './actual-cost.ts';
import { argumentReader, type ReadArgument } from './argument-reader.ts';
import { type Condition, conditionOf } from './condition.ts';
import type { CostRules, ListSize } from './cost-rules.ts';
import { inputCost } from './input-cost.ts';

type Variables = Readonly<Record<string, unknown>>;

/** What one operation costs, worked out of its document once; variables are filled in later. */
export interface OperationCost {
  /**
   * The most it can cost, before anything is fetched.
   *
   * @throws CivitasError `BAD_USER_INPUT` where exactly one of several slicing arguments is wanted.
   */
  estimate(variables: Variables): number;
  /** What it did cost, by what is in its response. */
  actual(data: Variables | null | undefined, variables: Variables): number;
}

/** A field with everything that its cost depends on. Fragments are dissolved. */
export interface CostField {
  readonly key: string;
  /** Of one instance, without what is below it. */
  readonly weight: number;
  readonly inputs: (variables: Variables) => number;
  /** How many instances there can be; 1 for what is not a list. */
  readonly size: (variables: Variables) => number;
  readonly isIncluded: Condition | undefined;
  readonly children: readonly CostField[];
  /** The estimate, when no variable plays a part in it. */
  readonly constant: number | undefined;
}

interface Options {
  readonly schema: GraphQLSchema;
  readonly rules: CostRules;
  /** Of a list about which the schema says nothing. */
  readonly defaultListSize: number;
}

/** Apollo's figure: a write costs more than any read of the same size. */
const MUTATION_COST = 10;

/**
 * The static cost of the IBM specification as Apollo's router reads it: an object costs 1 and a leaf
 * nothing unless `@cost` says otherwise, a list costs its items as often as `@listSize` lets there be,
 * and whatever stands below a list is multiplied. Fragments add up, also those for different types.
 * Introspection is free, because nothing is fetched for it.
 *
 * See https://ibm.github.io/graphql-specs/cost-spec.html and
 * https://www.apollographql.com/docs/graphos/routing/security/demand-control.
 */
export function operationCost(body: OperationBody, options: Options): OperationCost {
  const root = options.schema.getRootType(body.node.operation);
  const base = body.node.operation === OperationTypeNode.MUTATION ? MUTATION_COST : 0;
  const fields = root ? collect(body, root, options) : [];
  const constant = sumOfConstants(fields);
  return {
    estimate: (variables) => bounded(base + (constant ?? estimateAll(fields, variables))),
    actual: (data, variables) => bounded(base + actualCost(fields, data, variables)),
  };
}

/** Large products are no more exact, but they stay numbers that JSON knows. */
function bounded(cost: number): number {
  return Math.min(cost, Number.MAX_SAFE_INTEGER);
}

function estimateAll(fields: readonly CostField[], variables: Variables): number {
  let sum = 0;
  for (const field of fields) sum += field.constant ?? estimateOf(field, variables);
  return sum;
}

function estimateOf(field: CostField, variables: Variables): number {
  if (field.isIncluded && !field.isIncluded(variables)) return 0;
  const each = field.weight + estimateAll(field.children, variables);
  return field.size(variables) * each + field.inputs(variables);
}

function sumOfConstants(fields: readonly CostField[]): number | undefined {
  let sum = 0;
  for (const { constant } of fields) {
    if (constant === undefined) return undefined;
    sum += constant;
  }
  return sum;
}

function collect(
  body: OperationBody,
  root: GraphQLCompositeType,
  options: Options,
): readonly CostField[] {
  const { schema } = options;

  function ofSet(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    sized: Sized | undefined,
    outer: Condition | undefined,
  ): CostField[] {
    return set.selections.flatMap((selection) => {
      const isIncluded = conditionOf(selection, outer);
      if (selection.kind === Kind.FIELD) return ofField(selection, parent, sized, isIncluded);
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? body.fragments[selection.name.value] : selection;
      if (!fragment) return [];
      const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      const type = isCompositeType(condition) ? condition : parent;
      return ofSet(fragment.selectionSet, type, sized, isIncluded);
    });
  }

  function ofField(
    node: FieldNode,
    parent: GraphQLCompositeType,
    sized: Sized | undefined,
    isIncluded: Condition | undefined,
  ): CostField[] {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return [];
    const field = parent.getFields()[node.name.value];
    // Introspection, or a field that validation has refused.
    if (!field || node.name.value.startsWith('__')) return [];
    const rule = options.rules.field(parent.name, field.name);
    const type = getNamedType(field.type);
    const read = argumentReader(node, field);
    const listSize = rule?.listSize && sizeBy(rule.listSize, field, read, options.defaultListSize);
    const below: Sized | undefined =
      rule?.listSize && listSize && rule.listSize.sizedFields.size > 0
        ? { fields: rule.listSize.sizedFields, size: listSize }
        : undefined;
    const size: Known = isListType(getNullableType(field.type))
      ? sized?.fields.has(field.name)
        ? sized.size
        : listSize && !below
          ? listSize
          : { of: () => options.defaultListSize, isConstant: true }
      : { of: () => 1, isConstant: true };
    const inputs = inputCost(node, field, rule?.argumentWeights, read, options.rules);
    const children =
      node.selectionSet && isCompositeType(type)
        ? ofSet(node.selectionSet, type, below, undefined)
        : [];
    const weight =
      rule?.weight ?? options.rules.typeWeight(type.name) ?? (isCompositeType(type) ? 1 : 0);
    const made: CostField = {
      key: node.alias?.value ?? node.name.value,
      weight,
      inputs: inputs.of,
      size: size.of,
      isIncluded,
      children,
      constant: undefined,
    };
    const isConstant =
      !isIncluded && size.isConstant && inputs.isConstant && sumOfConstants(children) !== undefined;
    return [isConstant ? { ...made, constant: estimateOf(made, {}) } : made];
  }

  return ofSet(body.node.selectionSet, root, undefined, undefined);
}

/** A number that may depend on variables. */
export interface Known {
  readonly of: (variables: Variables) => number;
  readonly isConstant: boolean;
}

/** The lists below a field whose size the field's arguments say. */
interface Sized {
  readonly fields: ReadonlySet<string>;
  readonly size: Known;
}

function sizeBy(
  { slicingArguments, assumedSize, requireOneSlicingArgument }: ListSize,
  field: GraphQLField<unknown, unknown>,
  read: ReadArgument,
  defaultListSize: number,
): Known {
  const otherwise = assumedSize ?? defaultListSize;
  if (slicingArguments.length === 0) return { of: () => otherwise, isConstant: true };
  const readers = slicingArguments.map((path) => read(path));
  const names = slicingArguments.map((path) => `\`${path.join('.')}\``).join(', ');
  return {
    of: (variables) => {
      const given = readers.flatMap(({ of }) => sizeOf(of(variables)) ?? []);
      if (requireOneSlicingArgument && given.length !== 1) {
        throw new CivitasError('BAD_USER_INPUT', {
          message: `\`${field.name}\` takes exactly one of ${names}.`,
        });
      }
      return given.length === 0 ? otherwise : Math.max(...given);
    },
    // A wrong number of arguments is told when the operation runs, not when it is prepared.
    isConstant:
      readers.every(({ isConstant }) => isConstant) &&
      !(requireOneSlicingArgument && slicingArguments.length > 1),
  };
}

/** Who asks for fewer than none is refused by the subgraph; it must not make others cheaper here. */
function sizeOf(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.max(0, value) : undefined;
}
