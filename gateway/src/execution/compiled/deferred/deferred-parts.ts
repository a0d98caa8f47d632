import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { nameOf } from '../../../operations/deferred-fragments.ts';
import type { ShapedOperation } from '../../../operations/prepared-document.ts';
import { isIncluded } from '../shape/collect-fields.ts';

/** One step down in a response: into a key, on objects that fit all of these types. */
export interface DeferredStep {
  readonly key: string;
  /** The key under which it is in what was fetched. */
  readonly fetchedAs: string;
  readonly on: readonly GraphQLCompositeType[];
  /** What stands under the key, lists aside. */
  readonly type: GraphQLCompositeType;
}

/** One deferred fragment of an operation. */
export interface DeferredPart {
  readonly name: string;
  /** From the object of the part it is nested in; from the root for others. */
  readonly steps: readonly DeferredStep[];
  /** What the object itself has to fit. */
  readonly on: readonly GraphQLCompositeType[];
  /** What its object is, unless that says so itself. */
  readonly type: GraphQLCompositeType;
  /** What it selects, without what is deferred further. */
  readonly selectionSet: SelectionSetNode;
  readonly nested: readonly DeferredPart[];
}

/** The parts of an operation that `deferringOperation` made, as these variables include them. */
export function deferredParts(
  schema: GraphQLSchema,
  { shapedBy, keys }: ShapedOperation,
  variables: Readonly<Record<string, unknown>>,
): readonly DeferredPart[] {
  const { operation, selectionSet } = shapedBy.node;
  const root = schema.getRootType(operation);
  return root ? partsIn(selectionSet, { type: root, steps: [], on: [] }) : [];

  function partsIn(
    set: SelectionSetNode,
    place: Pick<DeferredPart, 'type' | 'steps' | 'on'>,
  ): readonly DeferredPart[] {
    return set.selections.flatMap((selection): readonly DeferredPart[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD || !isIncluded(selection, variables)) return [];
      if (selection.kind === Kind.FIELD) return partsBelow(selection, place);
      const condition =
        selection.typeCondition && schema.getType(selection.typeCondition.name.value);
      const on = isCompositeType(condition) ? [...place.on, condition] : place.on;
      const name = nameOf(selection);
      if (name === undefined) return partsIn(selection.selectionSet, { ...place, on });
      const { type } = place;
      const nested = partsIn(selection.selectionSet, {
        type: on.at(-1) ?? type,
        steps: [],
        on: [],
      });
      return [
        { ...place, on, name, nested, selectionSet: withoutDeferred(selection.selectionSet) },
      ];
    });
  }

  function partsBelow(
    node: FieldNode,
    { type, steps, on }: Pick<DeferredPart, 'type' | 'steps' | 'on'>,
  ): readonly DeferredPart[] {
    const { name, alias, selectionSet } = node;
    const declared = [type, ...on].flatMap((each) =>
      'getFields' in each ? (each.getFields()[name.value]?.type ?? []) : [],
    );
    const below = declared[0] && getNamedType(declared[0]);
    if (!selectionSet || !isCompositeType(below)) return [];
    const key = (alias ?? name).value;
    const step = { key, fetchedAs: keys.fetchedAs(node), on, type: below };
    return partsIn(selectionSet, { type: below, steps: [...steps, step], on: [] });
  }
}

/** What is delivered before the fragments that are deferred in it. */
export function withoutDeferred(set: SelectionSetNode): SelectionSetNode {
  return visit(set, {
    InlineFragment: (node: SelectionNode) => (nameOf(node) === undefined ? undefined : null),
  });
}
