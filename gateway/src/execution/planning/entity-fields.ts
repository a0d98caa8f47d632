import type { FetchNode } from '@apollo/query-planner';
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/** A field that a fetch asks of an entity itself, not of what is below it. */
export interface EntityField {
  /** The type it is asked on; undefined when that is not said. */
  readonly type: string | undefined;
  readonly field: string;
  /** The conditions it stands under, as text; empty for none. */
  readonly conditions: string;
}

/** Lists the fields that the document of an entity fetch asks of its entities. */
export function entityFieldsOf(document: DocumentNode): readonly EntityField[] {
  const entities = entitySelection(document);
  const found: EntityField[] = [];
  if (entities) {
    filterFields(entities, document, undefined, '', (field) => {
      found.push(field);
      return true;
    });
  }
  return found;
}

/** The fetch with only some of those fields, and with the variables and fragments these use. */
export function keepEntityFields(
  node: FetchNode,
  document: DocumentNode,
  keeps: (field: EntityField) => boolean,
): FetchNode {
  const entities = entitySelection(document);
  const kept = visit(document, {
    Field: (field): FieldNode | undefined =>
      entities && field.selectionSet === entities
        ? { ...field, selectionSet: filterFields(entities, document, undefined, '', keeps) }
        : undefined,
  });
  const used = usedVariables(kept);
  const trimmed = visit(withUsedFragments(kept), {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
  return {
    ...node,
    operation: stripIgnoredCharacters(print(trimmed)),
    variableUsages: (node.variableUsages ?? []).filter((name) => used.has(name)),
  };
}

function entitySelection({ definitions }: DocumentNode): SelectionSetNode | undefined {
  const operation = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  const entities = operation?.selectionSet.selections[0];
  return entities?.kind === Kind.FIELD ? entities.selectionSet : undefined;
}

function filterFields(
  set: SelectionSetNode,
  document: DocumentNode,
  type: string | undefined,
  above: string,
  keeps: (field: EntityField) => boolean,
): SelectionSetNode {
  const selections = set.selections.flatMap((selection): readonly SelectionNode[] => {
    const conditions = above + (selection.directives ?? []).map(print).sort().join('');
    if (selection.kind === Kind.FIELD) {
      const field = selection.name.value;
      return field === '__typename' || keeps({ type, field, conditions }) ? [selection] : [];
    }
    const inside = inlined(selection, document);
    if (!inside) return [];
    const on = inside.typeCondition?.name.value ?? type;
    const selectionSet = filterFields(inside.selectionSet, document, on, conditions, keeps);
    return selectionSet.selections.length === 0 ? [] : [{ ...inside, selectionSet }];
  });
  return { ...set, selections };
}

function inlined(
  selection: Exclude<SelectionNode, FieldNode>,
  { definitions }: DocumentNode,
): InlineFragmentNode | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
  const fragment = definitions.find(
    (each): each is FragmentDefinitionNode =>
      each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
  );
  const directives: readonly DirectiveNode[] = selection.directives ?? [];
  return (
    fragment && {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: fragment.typeCondition,
      directives,
      selectionSet: fragment.selectionSet,
    }
  );
}

function usedVariables(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return used;
}

function withUsedFragments(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void used.add(name.value) });
  const definitions = document.definitions.filter(
    (each) => each.kind !== Kind.FRAGMENT_DEFINITION || used.has(each.name.value),
  );
  if (definitions.length === document.definitions.length) return document;
  return withUsedFragments({ ...document, definitions });
}
