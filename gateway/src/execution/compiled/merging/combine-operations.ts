import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';

/** Several operations over `_entities` as one. */
export interface CombinedOperation {
  readonly query: string;
  /** `e0`, `e1` …: the response key of each operation's entities. */
  readonly keys: readonly string[];
  /** `r0`, `r1` …: the variable of each operation's representations. */
  readonly variables: readonly string[];
}

/**
 * Combines the planner's entity operations: a field and a variable of its own for each, fragments
 * renamed so that they cannot meet. Other variables are the client's and so the same in all.
 * Undefined when one of them is not of the planner's usual form.
 */
export function combineOperations(operations: readonly string[]): CombinedOperation | undefined {
  const declared = new Map<string, string>();
  const fields: string[] = [];
  const fragments: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const taken = takeApart(parse(operation, { noLocation: true }), index);
    if (!taken) return undefined;
    fields.push(taken.field);
    fragments.push(...taken.fragments);
    for (const [name, text] of taken.declared) declared.set(name, text);
  }
  return {
    query: `query(${[...declared.values()].join(',')}){${fields.join(' ')}}${fragments.join(' ')}`,
    keys: operations.map((_, index) => `e${index}`),
    variables: operations.map((_, index) => `r${index}`),
  };
}

const REPRESENTATIONS = 'representations';

function takeApart(document: DocumentNode, index: number) {
  const renamed = renameParts(document, index);
  const operations = renamed.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const operation = operations[0] as OperationDefinitionNode | undefined;
  const [field, ...others] = operation?.selectionSet.selections ?? [];
  const isUsual =
    operations.length === 1 &&
    others.length === 0 &&
    !operation?.directives?.length &&
    field?.kind === Kind.FIELD &&
    field.name.value === '_entities' &&
    !field.alias;
  if (!isUsual || !operation) return undefined;
  const fragments = renamed.definitions.filter(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  return {
    field: `e${index}:${print(field)}`,
    fragments: fragments.map((fragment) => print(fragment)),
    declared: (operation.variableDefinitions ?? []).map(
      (definition) => [definition.variable.name.value, print(definition)] as const,
    ),
  };
}

function renameParts(document: DocumentNode, index: number): DocumentNode {
  const named = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const ofFragment = (name: string) => named(`f${index}_${name}`);
  return visit(document, {
    FragmentDefinition: (node) => ({ ...node, name: ofFragment(node.name.value) }),
    FragmentSpread: (node) => ({ ...node, name: ofFragment(node.name.value) }),
    Variable: (node) =>
      node.name.value === REPRESENTATIONS ? { ...node, name: named(`r${index}`) } : undefined,
  });
}
