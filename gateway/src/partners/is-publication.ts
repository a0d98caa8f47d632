import { Kind, OperationTypeNode } from 'graphql';
import type { PreparedDocument } from '../operations/prepared-document.ts';

/**
 * True for a document that registers operations and does nothing else. It may always be sent, also by
 * a client that has none registered yet; whether it may register any is for identity to decide.
 */
export function isPublication({ operations }: PreparedDocument): boolean {
  return operations.every(
    ({ node }) =>
      node.operation === OperationTypeNode.MUTATION &&
      node.selectionSet.selections.every(
        (selection) =>
          selection.kind === Kind.FIELD && selection.name.value === 'publishOperations',
      ),
  );
}
