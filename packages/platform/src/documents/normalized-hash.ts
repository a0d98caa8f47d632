import { type DefinitionNode, type DocumentNode, Kind, print } from 'graphql';
import { sha256 } from './hash.ts';

/**
 * Names what a document says, however it is written: white space, comments, and the order of its
 * operations and fragments make no difference. Everything else does, aliases and the order of fields
 * included, because they show in the response.
 */
export function normalizedHash({ definitions }: DocumentNode): string {
  const sorted = definitions.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return sha256(print({ kind: Kind.DOCUMENT, definitions: sorted }));
}

function keyOf(definition: DefinitionNode): string {
  const name = 'name' in definition ? definition.name?.value : undefined;
  return `${definition.kind} ${name ?? ''}`;
}
