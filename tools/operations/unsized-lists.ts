import type { loadSupergraph } from '@civitas/gateway';
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';

/**
 * Lists of objects of which the schema does not say how long they can be: demand control would take
 * them for ten items each. The edges of a connection are sized by the field that has it.
 */
export function unsizedLists({
  schema,
  costRules,
}: ReturnType<typeof loadSupergraph>): readonly string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const named = getNamedType(field.type);
      const isList = isListType(getNullableType(field.type)) && isCompositeType(named);
      const needsSize = (isList && field.name !== 'edges') || named.name.endsWith('Connection');
      const isSized = costRules.field(type.name, field.name)?.listSize !== undefined;
      return needsSize && !isSized ? [`${type.name}.${field.name}`] : [];
    });
  });
}
