import { Kind, parse, type SelectionSetNode } from 'graphql';

/**
 * Whether an entity operation selects nothing but plain values. Only then one answer may serve
 * objects at different places of a response: what has fields of its own is merged into later, and
 * differently at each place.
 */
export function hasOnlyLeaves(operation: string): boolean {
  const { definitions } = parse(operation, { noLocation: true });
  const [definition] = definitions;
  if (definitions.length > 1 || definition?.kind !== Kind.OPERATION_DEFINITION) return false;
  const [entities, ...others] = definition.selectionSet.selections;
  if (others.length > 0 || entities?.kind !== Kind.FIELD || !entities.selectionSet) return false;
  return isFlat(entities.selectionSet);
}

function isFlat({ selections }: SelectionSetNode): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return !selection.selectionSet;
    return selection.kind === Kind.INLINE_FRAGMENT && isFlat(selection.selectionSet);
  });
}
