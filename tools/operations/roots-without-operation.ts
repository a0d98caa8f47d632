import {
  type DocumentNode,
  type GraphQLSchema,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Root fields that no operation selects, as `Mutation.likeTopic`: nobody can see from `operations/` how
 * they are used, and no walk of the operations runs them.
 */
export function rootsWithoutOperation(
  schema: GraphQLSchema,
  documents: readonly DocumentNode[],
): readonly string[] {
  const roots = Object.values(OperationTypeNode).flatMap((kind) => schema.getRootType(kind) ?? []);
  const selected = new Set<string>();
  const types = new TypeInfo(schema);
  for (const document of documents) {
    const Field = () => {
      selected.add(`${types.getParentType()?.name}.${types.getFieldDef()?.name}`);
    };
    visit(document, visitWithTypeInfo(types, { Field }));
  }
  return roots
    .flatMap((root) => Object.keys(root.getFields()).map((field) => `${root.name}.${field}`))
    .filter((field) => !selected.has(field));
}
