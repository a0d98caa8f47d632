import { CivitasError } from '@civitas/platform/errors';
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
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
  readonly children: CostSet;
  /** The estimate, when no variable plays a part in it. */
  readonly constant: number | undefined;
}

/** What is selected on an object, by what kind of object it can be. */
export interface CostSet {
  /** On an object of any type. */
  readonly always: readonly CostField[];
  /** Beside that, on an object of a type of this name. */
  readonly byType: ReadonlyMap<string, readonly CostField[]>;
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
 * and whatever stands below a list is multiplied. An object is of one type: of fragments for different
 * types only the dearest type counts. Introspection is free, because nothing is fetched for it.
 *
 * See https://ibm.github.io/graphql-specs/cost-spec.html and
 * https://www.apollographql.com/docs/graphos/routing/security/demand-control.
 */
export function operationCost(body: OperationBody, options: Options): OperationCost {
  const root = options.schema.getRootType(body.node.operation);
  const base = body.node.operation === OperationTypeNode.MUTATION ? MUTATION_COST : 0;
  const set = root ? collect(body, root, options) : NOTHING;
  const constant = constantOf(set);
  return {
    estimate: (variables) => bounded(base + (constant ?? estimateSet(set, variables))),
    actual: (data, variables) => bounded(base + actualCost(set, data, variables)),
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

function estimateSet({ always, byType }: CostSet, variables: Variables): number {
  let dearest = 0;
  for (const fields of new Set(byType.values()))
    dearest = Math.max(dearest, estimateAll(fields, variables));
  return estimateAll(always, variables) + dearest;
}

function estimateOf(field: CostField, variables: Variables): number {
  if (field.isIncluded && !field.isIncluded(variables)) return 0;
  const each = field.weight + estimateSet(field.children, variables);
  return field.size(variables) * each + field.inputs(variables);
}

/** The estimate of a set in which no variable plays a part. */
function constantOf(set: CostSet): number | undefined {
  const isConstant = (fields: readonly CostField[]) =>
    fields.every(({ constant }) => constant !== undefined);
  return isConstant(set.always) && [...set.byType.values()].every(isConstant)
    ? estimateSet(set, {})
    : undefined;
}

function collect(body: OperationBody, root: GraphQLCompositeType, options: Options): CostSet {
  const { schema } = options;

  /** Fields with the types of objects they are for; undefined when that is all there can be. */
  function ofSet(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    types: Types,
    sized: Sized | undefined,
    outer: Condition | undefined,
  ): Narrowed[] {
    return set.selections.flatMap((selection) => {
      const isIncluded = conditionOf(selection, outer);
      if (selection.kind === Kind.FIELD) {
        return ofField(selection, parent, sized, isIncluded).map((field) => ({ field, types }));
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? body.fragments[selection.name.value] : selection;
      if (!fragment) return [];
      const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
      if (!isCompositeType(condition)) {
        return ofSet(fragment.selectionSet, parent, types, sized, isIncluded);
      }
      const before = types ?? typesOf(parent);
      const both = before.intersection(typesOf(condition));
      // Nothing is narrowed where all types of the place fit.
      const narrowed = both.size === before.size ? types : both;
      return ofSet(fragment.selectionSet, condition, narrowed, sized, isIncluded);
    });
  }

  function typesOf(type: GraphQLCompositeType): ReadonlySet<string> {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    return new Set(possible.map(({ name }) => name));
  }

  function setOf(set: SelectionSetNode, type: GraphQLCompositeType, sized?: Sized): CostSet {
    return byTypes(ofSet(set, type, undefined, sized, undefined));
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
      node.selectionSet && isCompositeType(type) ? setOf(node.selectionSet, type, below) : NOTHING;
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
      !isIncluded && size.isConstant && inputs.isConstant && constantOf(children) !== undefined;
    return [isConstant ? { ...made, constant: estimateOf(made, {}) } : made];
  }

  return setOf(body.node.selectionSet, root);
}

/** The concrete types an object can be of; undefined for all that its place allows. */
type Types = ReadonlySet<string> | undefined;

interface Narrowed {
  readonly field: CostField;
  readonly types: Types;
}

const NOTHING: CostSet = { always: [], byType: new Map() };

function byTypes(fields: readonly Narrowed[]): CostSet {
  const always = fields.flatMap(({ field, types }) => (types ? [] : [field]));
  const names = new Set(fields.flatMap(({ types }) => [...(types ?? [])]));
  const byType = new Map<string, readonly CostField[]>();
  // Types of which the same is asked share a list, which is then estimated once.
  const lists = new Map<string, readonly CostField[]>();
  for (const name of names) {
    const own = fields.flatMap(({ types }, index) => (types?.has(name) ? [index] : []));
    const list = lists.get(own.join()) ?? own.map((index) => (fields[index] as Narrowed).field);
    lists.set(own.join(), list);
    byType.set(name, list);
  }
  return { always, byType };
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
