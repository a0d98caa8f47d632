import { GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import type { ManifestOperation } from './read-manifest.ts';

/** Says of every operation that could not be run why not, one line each. */
export function faultsOf(
  operations: readonly ManifestOperation[],
  schema: GraphQLSchema,
): readonly string[] {
  return operations.flatMap(({ operationId, document }) =>
    faultsOfDocument(schema, document).map((fault) => `${operationId}: ${fault}`),
  );
}

function faultsOfDocument(schema: GraphQLSchema, text: string): readonly string[] {
  try {
    const document = parse(text);
    const names = document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? '(no name)') : [],
    );
    if (names.length === 0) return ['There is no operation in it.'];
    const about = names.join(', ');
    return validate(schema, document).map(({ message, locations }) => {
      const line = locations?.[0] ? `, line ${locations[0].line}` : '';
      return `${about}${line}: ${message}`;
    });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [error.message];
  }
}
