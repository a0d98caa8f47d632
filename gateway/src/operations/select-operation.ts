import { CivitasError } from '@civitas/platform/errors';
import { OperationTypeNode } from 'graphql';
import type { OperationRequest } from '../pipeline/types.ts';
import type { PreparedDocument, PreparedOperation } from './prepared-document.ts';

const DEFAULT_KINDS: NonNullable<OperationRequest['kinds']> = [
  OperationTypeNode.QUERY,
  OperationTypeNode.MUTATION,
];

/**
 * The operation of a document that is meant to run, of a kind that the caller's door carries.
 *
 * @throws CivitasError `OPERATION_NOT_FOUND`, `METHOD_NOT_ALLOWED`, `OPERATION_NOT_SUPPORTED`
 */
export function selectOperation(
  { operations }: PreparedDocument,
  { operationName, kinds = DEFAULT_KINDS }: Pick<OperationRequest, 'operationName' | 'kinds'>,
): PreparedOperation {
  const operation = operationName
    ? operations.find(({ node }) => node.name?.value === operationName)
    : operations.length === 1 && operations[0];
  if (!operation) throw new CivitasError('OPERATION_NOT_FOUND');
  const kind = operation.node.operation;
  if (kinds.includes(kind)) return operation;
  if (kind === OperationTypeNode.MUTATION) {
    throw new CivitasError('METHOD_NOT_ALLOWED', { message: 'Mutations are sent by POST.' });
  }
  throw new CivitasError('OPERATION_NOT_SUPPORTED', {
    message: 'Subscriptions are sent by WebSocket.',
  });
}
