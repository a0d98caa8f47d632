import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Objects within objects: an entity, its connection, an edge, the node, and what that refers to. */
const DEPTH = 6;

const needsValue = (argument: GraphQLArgument) =>
  isNonNullType(argument.type) && argument.defaultValue === undefined;

/** The field as it stands in an answer: says whose field it is, whatever it is under. */
export const aliasOf = (type: string, field: string) => `${type}__${field}`;

/**
 * Every field of a type that needs no argument, and of what it leads to: no type twice on a way, so
 * that it ends. Each is aliased by its coordinate.
 *
 * @param depth levels of objects below it.
 */
export function selectionOf(schema: GraphQLSchema, typeName: string, depth = DEPTH): string {
  const select = (name: string, way: readonly string[]): string => {
    const type = schema.getType(name);
    if (isAbstractType(type)) {
      return schema
        .getPossibleTypes(type)
        .map((each) => `... on ${each.name} { ${select(each.name, way)} }`)
        .join(' ');
    }
    if (!isObjectType(type)) throw new Error(`${name} has no fields.`);
    return ['__typename', ...fieldsOf(type).map((field) => selectField(type, field, way))].join(
      ' ',
    );
  };
  const selectField = (
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    way: readonly string[],
  ): string => {
    const named = getNamedType(field.type);
    const alias = `${aliasOf(type.name, field.name)}: ${field.name}`;
    if (!isCompositeType(named)) return alias;
    if (way.includes(named.name) || way.length >= depth) return '';
    return `${alias} { ${select(named.name, [...way, named.name])} }`;
  };
  return select(typeName, [typeName]);
}

function fieldsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields()).filter((field) => !field.args.some(needsValue));
}

/** The coordinates (`Type.field`) that an answer has a value for. */
export function answeredIn(data: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(data)) {
    for (const each of data) answeredIn(each, found);
  } else if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data)) {
      const [type, field] = key.split('__');
      if (value === null || value === undefined) continue;
      if (type && field) found.add(`${type}.${field}`);
      answeredIn(value, found);
    }
  }
  return found;
}

/** The object types that a query or an entity leads to, by whatever way. */
export function reachableTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  const reached = new Set<GraphQLObjectType>();
  const visit = (type: GraphQLNamedType): void => {
    if (isAbstractType(type)) for (const each of schema.getPossibleTypes(type)) visit(each);
    if (!isObjectType(type) || reached.has(type)) return;
    reached.add(type);
    for (const field of Object.values(type.getFields())) visit(getNamedType(field.type));
  };
  const entity = schema.getType('_Entity');
  if (entity) visit(entity);
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (field.name !== '_service') visit(getNamedType(field.type));
  }
  return [...reached];
}
