import type { GraphQLCompositeType, GraphQLOutputType } from 'graphql';
import type { SelectedField } from './collect-fields.ts';

/** The type of a selected field; the object's own type says most exactly what it may be. */
export function fieldType(field: SelectedField, type: GraphQLCompositeType): GraphQLOutputType {
  const name = field[0]?.node.name.value ?? '';
  for (const on of [type, ...field.map((each) => each.on)]) {
    const definition = 'getFields' in on ? on.getFields()[name] : undefined;
    if (definition) return definition.type;
  }
  throw new Error(`The schema has no field ${type.name}.${name}.`);
}
