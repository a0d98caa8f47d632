import { GraphQLError, Kind, parse } from 'graphql';

/**
 * The errors of a fetch that brought no answer. A root fetch names each field it was for; an
 * entity fetch names the place whose entities stay incomplete, down to the first list.
 *
 * @param at the path of the fetch in the client's response, `@` standing for list items.
 */
export function failedFetch(
  cause: unknown,
  operation: string,
  at: readonly (string | number)[],
): readonly GraphQLError[] {
  const keys = rootKeys(operation);
  const extensions = cause instanceof GraphQLError ? cause.extensions : {};
  const message = cause instanceof Error ? cause.message : String(cause);
  const originalError = cause instanceof Error ? cause : undefined;
  const fail = (path?: readonly string[]) =>
    new GraphQLError(message, { originalError, extensions, ...(path && { path }) });
  // The executor puts the fetch's own path in front, list marks and all; the marks are cut later.
  if (at.length > 0 || keys.includes('_entities')) return [fail([])];
  return keys.map((key) => fail([key]));
}

function rootKeys(operation: string): readonly string[] {
  const [definition] = parse(operation, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  return definition.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
  );
}
