import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

/**
 * Whether an operation selects at its root anything that only a subgraph can answer. What is left
 * out whatever the variables are is not asked for.
 */
export function asksForData({ definitions }: DocumentNode): boolean {
  const inSet = ({ selections }: SelectionSetNode): boolean => selections.some(asks);
  const asks = (selection: SelectionNode): boolean => {
    if (isNeverIncluded(selection)) return false;
    if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
    if (selection.kind === Kind.INLINE_FRAGMENT) return inSet(selection.selectionSet);
    return definitions.some(
      (each) =>
        each.kind === Kind.FRAGMENT_DEFINITION &&
        each.name.value === selection.name.value &&
        inSet(each.selectionSet),
    );
  };
  return definitions.some(
    (each) => each.kind === Kind.OPERATION_DEFINITION && inSet(each.selectionSet),
  );
}

function isNeverIncluded({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name, arguments: given }) => {
    const value = given?.[0]?.value;
    return value?.kind === Kind.BOOLEAN && (name.value === 'skip') === value.value;
  });
}
