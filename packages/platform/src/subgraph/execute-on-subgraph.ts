import { execute, type FormattedExecutionResult } from 'graphql';
import { maskError } from './mask-error.ts';
import { documentOf, refused } from './subgraph-documents.ts';
import type { RequestOrigin, Subgraph, SubgraphRequest } from './types.ts';

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
