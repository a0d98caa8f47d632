import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** A selection set and the type it is written for. */
export interface SelectedOn {
  readonly set: SelectionSetNode;
  readonly on: GraphQLCompositeType;
}

/** One place of a response: all nodes that select it, each with the type it is written for. */
export type SelectedField = readonly {
  readonly node: FieldNode;
  readonly on: GraphQLCompositeType;
}[];

interface Collecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Values of the variables that decide `@skip` and `@include`. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** The fields selected on an object of the given type, by response key, in the response's order. */
export function collectFields(
  selections: readonly SelectedOn[],
  type: GraphQLCompositeType,
  { schema, fragments, conditions }: Collecting,
): ReadonlyMap<string, SelectedField> {
  const fields = new Map<string, { node: FieldNode; on: GraphQLCompositeType }[]>();
  const spread = new Set<string>();

  function collect({ set, on }: SelectedOn): void {
    for (const selection of set.selections) {
      if (!isIncluded(selection, conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = fields.get(key);
        if (known) known.push({ node: selection, on });
        else fields.set(key, [{ node: selection, on }]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collectFragment(selection.typeCondition?.name.value, selection.selectionSet, on);
      } else if (!spread.has(selection.name.value)) {
        const fragment = fragments[selection.name.value];
        spread.add(selection.name.value);
        if (fragment) collectFragment(fragment.typeCondition.name.value, fragment.selectionSet, on);
      }
    }
  }

  function collectFragment(
    condition: string | undefined,
    set: SelectionSetNode,
    on: GraphQLCompositeType,
  ): void {
    const wanted = condition === undefined ? on : schema.getType(condition);
    if (!isCompositeType(wanted)) return;
    const fits =
      condition === undefined ||
      wanted === type ||
      (isAbstractType(wanted) && 'getFields' in type && schema.isSubType(wanted, type));
    if (fits) collect({ set, on: wanted });
  }

  for (const each of selections) collect(each);
  return fields;
}

/** The names of all variables that decide whether something is selected. */
export function conditionVariables(
  roots: readonly { readonly selectionSet: SelectionSetNode }[],
): readonly string[] {
  const names = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const directive of selection.directives ?? []) {
        const value = directive.arguments?.[0]?.value;
        const decides = directive.name.value === 'skip' || directive.name.value === 'include';
        if (decides && value?.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if ('selectionSet' in selection && selection.selectionSet) visit(selection.selectionSet);
    }
  };
  for (const { selectionSet } of roots) visit(selectionSet);
  return [...names];
}

/** Whether these variables leave a selection in. */
export function isIncluded(
  { directives = [] }: SelectionNode,
  conditions: Readonly<Record<string, unknown>>,
): boolean {
  return directives.every((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return true;
    const value = directive.arguments?.[0]?.value;
    const isTrue =
      value?.kind === Kind.VARIABLE
        ? conditions[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return isTrue === (name === 'include');
  });
}
