import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** How often a type may come again below itself. */
const TIMES_ON_A_PATH = 2;

/**
 * A selection of every field of a type and everything below it, so that a test sees whatever a
 * client can see, fields of the future included. Fields that need an argument are left out.
 */
export function selectEverything(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  above: readonly string[] = [],
): string {
  if (isAbstractType(type)) {
    const members = schema.getPossibleTypes(type);
    return `__typename ${members.map((member) => `... on ${member.name} { ${selectEverything(schema, member, above)} }`).join(' ')}`;
  }
  if (!isObjectType(type)) return '';
  const path = [...above, type.name];
  const fields = Object.values(type.getFields())
    .filter((field) => !field.args.some(isRequiredArgument))
    .map((field) => selectField(schema, field, path));
  return ['__typename', ...fields].join(' ');
}

function selectField(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  path: readonly string[],
): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type) && !isAbstractType(type)) return field.name;
  if (path.filter((name) => name === type.name).length >= TIMES_ON_A_PATH) return '';
  return `${field.name} { ${selectEverything(schema, type, path)} }`;
}
