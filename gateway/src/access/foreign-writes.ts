import { isEnumType, type Schema } from '@apollo/federation-internals';
import { CivitasError } from '@civitas/platform/errors';
import type { Viewer } from '@civitas/platform/subgraph';
import { Kind, OperationTypeNode, type SelectionSetNode } from 'graphql';
import type { OperationBody } from '../operations/prepared-document.ts';

/** The subgraphs that answer each mutation. */
export type MutationOwners = ReadonlyMap<string, readonly string[]>;

interface Applying {
  readonly appliedDirectives: readonly {
    readonly name: string;
    arguments(): Readonly<Record<string, unknown>>;
  }[];
}

/** Reads from a composed supergraph where each mutation is answered. */
export function readMutationOwners(schema: Schema): MutationOwners {
  const type = schema.schemaDefinition.rootType('mutation');
  if (!type) return new Map();
  const graphs = schema.type('join__Graph');
  const names = new Map(
    (graphs && isEnumType(graphs) ? graphs.values : []).map((value) => {
      const graph = value.appliedDirectives.find((each) => each.name === 'join__graph');
      return [value.name, String(graph?.arguments()['name'])] as const;
    }),
  );
  const namesIn = (element: Applying, directive: string) =>
    element.appliedDirectives
      .filter(({ name }) => name === directive)
      .flatMap((each) => names.get(String(each.arguments()['graph'])) ?? []);
  const everywhere = namesIn(type, 'join__type');
  return new Map(
    type.fields().map((field) => {
      const owners = namesIn(field, 'join__field');
      return [field.name, owners.length > 0 ? owners : everywhere];
    }),
  );
}

/**
 * Lets a program change only what its key says: `marketplace:write` for everything in a domain, the
 * mutation's name for one thing (`finance:transfer`, `identity:publish-operations`).
 *
 * @throws CivitasError `FORBIDDEN` before anything is run.
 */
export function refuseForeignWrites(
  body: OperationBody,
  viewer: Viewer,
  owners: MutationOwners,
): void {
  if (viewer.type === 'anonymous' || viewer.apiKeyId === undefined) return;
  if (body.node.operation !== OperationTypeNode.MUTATION) return;
  for (const name of rootFields(body.node.selectionSet, body)) {
    const action = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const wanted = (owners.get(name) ?? []).flatMap((owner) => [
      `${owner}:write`,
      `${owner}:${action}`,
    ]);
    if (wanted.length === 0 || wanted.some((scope) => viewer.scopes.includes(scope))) continue;
    throw new CivitasError('FORBIDDEN', {
      message: `The API key may not do this; it needs one of the scopes ${wanted.join(', ')}.`,
    });
  }
}

function rootFields(set: SelectionSetNode, { fragments, ...rest }: OperationBody): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    return fragment ? rootFields(fragment.selectionSet, { fragments, ...rest }) : [];
  });
}
