import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/**
 * Puts the keys by which a subgraph resolves an entity before those by which it only refers to it.
 * The planner takes the first key that fits the fields at hand, and does not look whether the
 * subgraph can resolve by it.
 */
export function resolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  const reorder = <
    Node extends { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  >(
    node: Node,
  ): Node | undefined => {
    const directives = node.directives ?? [];
    if (!directives.some(isUnresolvable)) return undefined;
    return {
      ...node,
      directives: directives.toSorted(
        (a, b) => Number(isUnresolvable(a)) - Number(isUnresolvable(b)),
      ),
    };
  };
  return visit(supergraph, {
    ObjectTypeDefinition: (node) => reorder(node),
    InterfaceTypeDefinition: (node) => reorder(node),
  });
}

function isUnresolvable({ name, arguments: given }: ConstDirectiveNode): boolean {
  if (name.value !== 'join__type') return false;
  return (given ?? []).some(
    ({ name: { value: argument }, value }) =>
      argument === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
  );
}
