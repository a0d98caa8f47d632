import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  validate,
} from 'graphql';
import type { RequestOrigin, Subgraph } from '../types.ts';

/** The gateway sends the fetches of its cached plans, so the same few texts come again and again. */
const MAX_DOCUMENTS = 2_000;
const documents = new WeakMap<Subgraph, Map<string, DocumentNode | readonly GraphQLError[]>>();

/** The document of a text, or what is wrong with it. Parsed and validated once per text. */
export function documentOf(
  subgraph: Subgraph,
  text: string,
): DocumentNode | readonly GraphQLError[] {
  const known =
    documents.get(subgraph) ?? new Map<string, DocumentNode | readonly GraphQLError[]>();
  documents.set(subgraph, known);
  const cached = known.get(text);
  if (cached) return cached;
  const document = parseAndValidate(subgraph, text);
  const oldest = known.size >= MAX_DOCUMENTS ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  known.set(text, document);
  return document;
}

/** Scalars refuse literals while a document is validated, so a value may be at fault here too. */
export function refused(
  error: GraphQLError,
  { requestId }: Pick<RequestOrigin, 'requestId'>,
): GraphQLFormattedError {
  const code = error.originalError ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED';
  return { ...error.toJSON(), extensions: { code, requestId } };
}

function parseAndValidate(
  subgraph: Subgraph,
  text: string,
): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(text, { noLocation: true });
    const errors = validate(subgraph.schema, document);
    return errors.length > 0 ? errors : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
