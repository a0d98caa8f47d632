import {
  type DocumentNode,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  validate,
} from 'graphql';
import { maskError } from './mask-error.ts';
import type { RequestOrigin, Subgraph, SubgraphRequest } from './types.ts';

/** The gateway sends the fetches of its cached plans, so the same few texts come again and again. */
const MAX_DOCUMENTS = 2_000;
const documents = new WeakMap<Subgraph, Map<string, DocumentNode | readonly GraphQLError[]>>();

/**
 * Executes one operation on one subgraph. Both shapes come through here, so a subgraph cannot tell
 * them apart. A text is parsed and validated once. Never rejects; errors are masked and plain.
 */
export async function executeOnSubgraph(
  subgraph: Subgraph,
  request: SubgraphRequest,
  origin: RequestOrigin,
): Promise<FormattedExecutionResult> {
  const document = documentOf(subgraph, request.query);
  if (!('kind' in document)) return { errors: document.map((error) => refused(error, origin)) };
  const contextValue = subgraph.contextFor(origin);
  const { errors, ...result } = await execute({
    schema: subgraph.schema,
    document,
    contextValue,
    variableValues: request.variables,
    operationName: request.operationName,
  });
  if (!errors) return result;
  return { ...result, errors: errors.map((error) => maskError(error, contextValue)) };
}

/** Scalars refuse literals while a document is validated, so a value may be at fault here too. */
function refused(error: GraphQLError, { requestId }: RequestOrigin): GraphQLFormattedError {
  const code = error.originalError ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED';
  return { ...error.toJSON(), extensions: { code, requestId } };
}

function documentOf(subgraph: Subgraph, text: string): DocumentNode | readonly GraphQLError[] {
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
