import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/**
 * A supergraph to plan with, in which no `slicingArguments` go inside of inputs: the planner has no
 * use for sizes, but refuses paths, which Apollo's newer composition allows. The same document when
 * there are none.
 */
export function withoutSizePaths(supergraph: DocumentNode): DocumentNode {
  return visit(supergraph, {
    Directive: (directive) => (hasSizePath(directive) ? withoutSlicing(directive) : undefined),
  });
}

function hasSizePath({ arguments: given = [] }: DirectiveNode): boolean {
  const value = given.find(({ name }) => name.value === 'slicingArguments')?.value;
  return (
    value?.kind === Kind.LIST &&
    value.values.some((each) => each.kind === Kind.STRING && each.value.includes('.'))
  );
}

function withoutSlicing(directive: DirectiveNode): DirectiveNode {
  const kept = directive.arguments?.filter(({ name }) => name.value !== 'slicingArguments');
  return { ...directive, arguments: kept ?? [] };
}
