import {
  type GraphQLCompositeType,
  type GraphQLError,
  type GraphQLLeafType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { ShapedOperation } from '../../../operations/prepared-document.ts';
import type { LoadedSupergraph } from '../../../supergraph/load-supergraph.ts';
import { type Data, isData, newData, readerOf, set } from '../data.ts';
import { byConditions } from './by-conditions.ts';
import { collectFields, type SelectedField, type SelectedOn } from './collect-fields.ts';
import { type Complete, type Completion, INVALID, misfit, placeName } from './completion.ts';
import { fieldType } from './field-type.ts';
import { introspect } from './introspect.ts';
import { hiddenValuesOf, leafCheckOf } from './leaf-values.ts';
import { saidType } from './said-type.ts';

interface Shaped {
  readonly data: Data | null;
  readonly errors: readonly GraphQLError[];
}

/** Makes the response of what was fetched: the operation's keys in the operation's order. */
export type Shape = (fetched: Data, variables: Readonly<Record<string, unknown>>) => Shaped;

/** Fills the response object; false when a value in it may not be null and is. */
type ShapeObject = (input: Data, output: Data, completion: Completion) => boolean;

/** What clients see, and what there is. */
export type ShapeSchemas = Pick<LoadedSupergraph, 'schema' | 'supergraphSchema'>;

/**
 * Compiles the response of an operation, once for every combination of its conditions that is met.
 * Nulls spread as the schema has it, and values that do not fit their type are null with an error.
 * What exists but is hidden from clients, a value of an enum or a type, is null without one: that is
 * what hiding it means.
 *
 * @param root what the operation's selection is for, when that is not the root of the schema.
 */
export function compileShape(
  schemas: ShapeSchemas,
  planned: ShapedOperation,
  root = schemas.schema.getRootType(planned.shapedBy.node.operation) as GraphQLCompositeType,
): Shape {
  const variant = byConditions(planned.shapedBy, (conditions) =>
    compileVariant(schemas, planned, root, conditions),
  );
  return (fetched, variables) => variant(variables)(fetched, variables);
}

function compileVariant(
  { schema, supergraphSchema }: ShapeSchemas,
  { shapedBy: { node, fragments }, keys }: ShapedOperation,
  root: GraphQLCompositeType,
  conditions: Readonly<Record<string, unknown>>,
): Shape {
  const collecting = { schema, fragments, conditions };
  const meta = new Map<string, SelectedField>();
  const shapeRoot = shapeOf([{ set: node.selectionSet, on: root }], root, meta);

  function shapeOf(
    selections: readonly SelectedOn[],
    type: GraphQLCompositeType,
    introspected?: Map<string, SelectedField>,
  ): ShapeObject {
    const steps: ShapeObject[] = [];
    for (const [key, field] of collectFields(selections, type, collecting)) {
      const name = field[0]?.node.name.value ?? '';
      if (name === '__typename') steps.push(shapeTypename(key, type));
      else if (name.startsWith('__')) introspected?.set(key, field);
      else steps.push(shapeField(key, field, type));
      if (introspected?.has(key)) steps.push(copyField(key));
    }
    return (input, output, completion) => {
      for (let index = 0; index < steps.length; index++) {
        if (!(steps[index] as ShapeObject)(input, output, completion)) return false;
      }
      return true;
    };
  }

  function shapeField(key: string, field: SelectedField, type: GraphQLCompositeType): ShapeObject {
    const read = readerOf(field[0] ? keys.fetchedAs(field[0].node) : key);
    const complete = completerOf(fieldType(field, type), field, type.name);
    const isPlainKey = key !== '__proto__';
    return (input, output, completion) => {
      completion.path.push(key);
      const value = complete(read(input), completion);
      completion.path.pop();
      if (value === INVALID) return false;
      if (isPlainKey) output[key] = value;
      else set(output, key, value);
      return true;
    };
  }

  function completerOf(type: GraphQLOutputType, field: SelectedField, parent: string): Complete {
    if (isNonNullType(type)) {
      const complete = completerOf(type.ofType, field, parent);
      const inner = String(type.ofType);
      return (value, completion) => {
        if (value === null || value === undefined) {
          const place = placeName(completion, inner, parent);
          misfit(completion, `Cannot return null for non-nullable ${place}.`);
          return INVALID;
        }
        return complete(value, completion) ?? INVALID;
      };
    }
    if (isListType(type))
      return completeList(completerOf(type.ofType, field, parent), String(type), parent);
    if (isCompositeType(type)) return completeObject(type, field, parent);
    return completeLeaf(type, hiddenValuesOf(type, supergraphSchema), parent);
  }

  function completeObject(
    type: GraphQLCompositeType,
    field: SelectedField,
    parent: string,
  ): Complete {
    const selections = field.flatMap(({ node: { selectionSet } }) =>
      selectionSet ? [{ set: selectionSet, on: type }] : [],
    );
    const byType = new Map<unknown, ShapeObject>();
    const isHidden = (typename: unknown): boolean =>
      typeof typename === 'string' &&
      !schema.getType(typename) &&
      isCompositeType(supergraphSchema.getType(typename));
    const shapeFor = (typename: unknown): ShapeObject | undefined => {
      const named = saidType(schema, type, typename);
      if (!named) return undefined;
      const shape = shapeOf(selections, named);
      byType.set(typename, shape);
      return shape;
    };
    return (value, completion) => {
      if (value === null || value === undefined) return null;
      if (!isData(value))
        return misfit(
          completion,
          `Invalid value found for ${placeName(completion, type.name, parent)}.`,
        );
      const typename = value['__typename'];
      const shape = byType.get(typename) ?? shapeFor(typename);
      if (!shape && isHidden(typename)) return null;
      if (!shape)
        return misfit(
          completion,
          `Invalid __typename found for object at ${placeName(completion, type.name, parent)}.`,
        );
      const output = newData();
      return shape(value, output, completion) ? output : null;
    };
  }

  return (fetched, variables) => {
    const completion: Completion = { path: [], errors: [] };
    const input =
      meta.size > 0
        ? { ...fetched, ...introspect(schema, { node, fragments }, meta, variables) }
        : fetched;
    const output = newData();
    const data = shapeRoot(input, output, completion) ? output : null;
    return { data, errors: completion.errors };
  };
}

function shapeTypename(key: string, type: GraphQLCompositeType): ShapeObject {
  // Without a concrete type there is nothing true to say.
  if (!isObjectType(type)) return () => false;
  const { name } = type;
  return (_, output) => {
    set(output, key, name);
    return true;
  };
}

function copyField(key: string): ShapeObject {
  return (input, output) => {
    set(output, key, input[key]);
    return true;
  };
}

function completeList(complete: Complete, type: string, parent: string): Complete {
  return (value, completion) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) {
      return misfit(completion, `Invalid value found for ${placeName(completion, type, parent)}.`);
    }
    const { path } = completion;
    const items: unknown[] = new Array(value.length);
    let isWhole = true;
    const depth = path.length;
    for (let index = 0; index < value.length; index++) {
      path[depth] = index;
      const item = complete(value[index], completion);
      if (item === INVALID) isWhole = false;
      items[index] = item;
    }
    path.length = depth;
    return isWhole ? items : null;
  };
}

function completeLeaf(
  type: GraphQLLeafType,
  hidden: ReadonlySet<unknown>,
  parent: string,
): Complete {
  const fits = leafCheckOf(type);
  if (!fits) return (value) => value ?? null;
  return (value, completion) => {
    if (value === null || value === undefined) return null;
    if (fits(value)) return value;
    if (hidden.has(value)) return null;
    return misfit(
      completion,
      `Invalid value found for ${placeName(completion, type.name, parent)}.`,
    );
  };
}
