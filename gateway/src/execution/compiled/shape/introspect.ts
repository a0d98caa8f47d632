import { executeSync, type FieldNode, type GraphQLSchema, Kind } from 'graphql';
import { documentOf, type OperationBody } from '../../../operations/prepared-document.ts';
import type { SelectedField } from './collect-fields.ts';

/** Answers the selected fields of introspection from the schema that clients see. */
export function introspect(
  schema: GraphQLSchema,
  { node, fragments }: OperationBody,
  fields: ReadonlyMap<string, SelectedField>,
  variableValues: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const selections = [...fields.values()].flatMap((field) =>
    field.map(({ node: { directives: _decided, ...selected } }): FieldNode => selected),
  );
  const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
  const document = documentOf({ node: { ...node, selectionSet }, fragments });
  const { data, errors } = executeSync({ schema, document, variableValues });
  if (errors?.[0]) throw errors[0];
  return data ?? {};
}
