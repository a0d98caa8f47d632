import { BREAK, type DocumentNode, visit } from 'graphql';

/** True when a document asks what the schema holds. `__typename` is no secret. */
export function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      found = name.value === '__schema' || name.value === '__type';
      return found ? BREAK : undefined;
    },
  });
  return found;
}
