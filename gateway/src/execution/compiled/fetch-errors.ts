import { GraphQLError, type GraphQLFormattedError, Kind, parse } from 'graphql';
import type { PlanPath } from './places.ts';

/** One failing entity can stand at very many places; a client learns the same from the first. */
const MAX_PLACES_PER_ERROR = 100;

/** An error of a subgraph's answer at its place in the client's response. */
export function subgraphError(
  subgraph: string,
  error: GraphQLFormattedError,
  path: PlanPath | undefined,
): GraphQLError {
  const message = error.message || `The subgraph ${subgraph} failed.`;
  return new GraphQLError(message, {
    originalError: error instanceof Error ? error : undefined,
    extensions: { ...error.extensions, serviceName: subgraph },
    ...(path && { path }),
  });
}

/** The same error at each of the places it concerns, the first hundred. */
export function subgraphErrorsAt(
  subgraph: string,
  error: GraphQLFormattedError,
  places: readonly PlanPath[],
  below: PlanPath,
): readonly GraphQLError[] {
  return places
    .slice(0, MAX_PLACES_PER_ERROR)
    .map((place) => subgraphError(subgraph, error, [...place, ...below]));
}

/** A fetch that brought no answer, for one place of the response. */
export function fetchError(subgraph: string, cause: unknown, path: PlanPath): GraphQLError {
  const known = cause instanceof GraphQLError ? cause.extensions : {};
  return new GraphQLError(cause instanceof Error ? cause.message : String(cause), {
    originalError: cause instanceof Error ? cause : undefined,
    extensions: { ...known, serviceName: subgraph },
    path,
  });
}

/** The response keys of an operation's root fields: what is missing when its fetch fails. */
export function rootKeysOf(operation: string): readonly string[] {
  const [definition] = parse(operation, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  return definition.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
  );
}
