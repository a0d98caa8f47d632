import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
} from 'graphql';
import { inSpan, isTracing } from '../../telemetry/index.ts';
import type { RequestContext, RequestOrigin, Subgraph, SubgraphRequest } from '../types.ts';
import { hotMutation } from './hot-mutations.ts';
import { maskError } from './mask-error.ts';
import { documentOf, refused } from './subgraph-documents.ts';

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
  const run = () => executeDocument(subgraph, document, request, origin);
  if (!isTracing()) return run();
  const attributes = {
    'civitas.subgraph': subgraph.name,
    'civitas.request_id': origin.requestId,
    ...(request.operationName && { 'graphql.operation.name': request.operationName }),
  };
  return inSpan(`execute ${subgraph.name}`, { kind: 'server', attributes }, run);
}

async function executeDocument(
  subgraph: Subgraph,
  document: DocumentNode,
  request: SubgraphRequest,
  origin: RequestOrigin,
): Promise<FormattedExecutionResult> {
  const contextValue = subgraph.contextFor(origin);
  const { errors, ...result } = await executeQuickly(subgraph, document, request, contextValue);
  if (!errors) return result;
  return { ...result, errors: errors.map((error) => maskError(error, contextValue)) };
}

async function executeQuickly(
  { schema }: Subgraph,
  document: DocumentNode,
  { variables: variableValues, operationName }: SubgraphRequest,
  contextValue: RequestContext,
): Promise<ExecutionResult> {
  const hot = hotMutation(schema, document);
  if (hot) {
    const result = await hot(undefined, contextValue, variableValues ?? {});
    if (result.data !== undefined) return result;
  }
  return execute({ schema, document, contextValue, variableValues, operationName });
}
