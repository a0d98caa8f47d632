import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** Fields with what is below them; an empty one is a leaf. */
export interface FieldTree {
  readonly [field: string]: FieldTree;
}

interface KnownField {
  readonly isExternal: boolean;
  readonly provides: FieldTree | undefined;
}

/** What one subgraph's SDL says of one of its object or interface types. */
export interface KnownType {
  readonly isObject: boolean;
  readonly fields: ReadonlyMap<string, KnownField>;
  readonly keys: readonly { readonly fields: FieldTree; readonly isResolvable: boolean }[];
}

/** Reads from the SDL of a subgraph what it can answer, by type. */
export function readKnowledge(document: DocumentNode): ReadonlyMap<string, KnownType> {
  const known = new Map<string, KnownType>();
  for (const definition of document.definitions) {
    const isObject =
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.OBJECT_TYPE_EXTENSION;
    const isInterface =
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_EXTENSION;
    if (!isObject && !isInterface) continue;
    const directives = definition.directives ?? [];
    const isExternal = directives.some(({ name }) => name.value === 'external');
    const before = known.get(definition.name.value);
    const fields = new Map(before?.fields);
    for (const field of definition.fields ?? []) {
      fields.set(field.name.value, readField(field, isExternal));
    }
    const keys = directives.filter(({ name }) => name.value === 'key').map(readKey);
    known.set(definition.name.value, {
      isObject,
      fields,
      keys: [...(before?.keys ?? []), ...keys],
    });
  }
  return known;
}

function readField({ directives = [] }: FieldDefinitionNode, isExternal: boolean): KnownField {
  const provides = directives.find(({ name }) => name.value === 'provides');
  return {
    isExternal: isExternal || directives.some(({ name }) => name.value === 'external'),
    provides: provides && fieldSet(provides),
  };
}

function readKey(directive: ConstDirectiveNode): KnownType['keys'][number] {
  const resolvable = directive.arguments?.find(({ name }) => name.value === 'resolvable')?.value;
  return {
    fields: fieldSet(directive),
    isResolvable: resolvable?.kind !== Kind.BOOLEAN || resolvable.value,
  };
}

function fieldSet(directive: ConstDirectiveNode): FieldTree {
  const value = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
  const [operation] = parse(`{ ${value?.kind === Kind.STRING ? value.value : ''} }`).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? treeOf(operation.selectionSet) : {};
}

function treeOf({ selections }: SelectionSetNode): FieldTree {
  const tree: Record<string, FieldTree> = {};
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      tree[selection.name.value] = selection.selectionSet ? treeOf(selection.selectionSet) : {};
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      Object.assign(tree, treeOf(selection.selectionSet));
    }
  }
  return tree;
}
