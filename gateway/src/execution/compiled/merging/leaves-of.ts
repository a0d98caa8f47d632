import { Kind, parse, print, type SelectionSetNode } from 'graphql';

/**
 * What an entity operation asks, without the operation's name, when it selects nothing but plain
 * values; null for others. Only of plain values may one answer serve objects at different places of a
 * response: what has fields of its own is merged into later, and differently at each place.
 */
export function leavesOf(operation: string): string | null {
  const { definitions } = parse(operation, { noLocation: true });
  const [definition] = definitions;
  if (definitions.length > 1 || definition?.kind !== Kind.OPERATION_DEFINITION) return null;
  const [entities, ...others] = definition.selectionSet.selections;
  if (others.length > 0 || entities?.kind !== Kind.FIELD || !entities.selectionSet) return null;
  return isFlat(entities.selectionSet) ? print({ ...definition, name: undefined }) : null;
}

function isFlat({ selections }: SelectionSetNode): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return !selection.selectionSet;
    return selection.kind === Kind.INLINE_FRAGMENT && isFlat(selection.selectionSet);
  });
}
