import {
  type GraphQLArgument,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Values of arguments by name, as they stand in a document. */
type Arguments = Readonly<Record<string, string>>;

/**
 * A selection of every field that can be reached from a type within some levels, each enum argument
 * with each of its values: what a test of secrets looks through, so that no new field is forgotten.
 * A field with a required argument that is not given is an error.
 */
export function selectEverything(
  schema: GraphQLSchema,
  typeName: string,
  { levels, given = {} }: { readonly levels: number; readonly given?: Arguments },
): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type.`);
  return selectionOf(type, levels);

  function selectionOf(object: GraphQLObjectType, left: number): string {
    const fields = Object.values(object.getFields()).flatMap((field) => {
      const named = getNamedType(field.type);
      if (isCompositeType(named) && left === 0) return [];
      if (isCompositeType(named) && !isObjectType(named)) return [`${field.name} { __typename }`];
      const below = isObjectType(named) ? selectionOf(named, left - 1) : '';
      return variantsOf(field.args).map((values, index) => {
        const name = index === 0 ? field.name : `${field.name}${index}: ${field.name}`;
        return `${name}${values === '' ? '' : `(${values})`} ${below}`;
      });
    });
    return `{ __typename ${fields.join(' ')} }`;
  }

  function variantsOf(all: readonly GraphQLArgument[]): string[] {
    return all.reduce<string[]>(
      (variants, argument) => {
        const values = valuesOf(argument);
        return values.length === 0
          ? variants
          : variants.flatMap((start) =>
              values.map((value) => `${start} ${argument.name}: ${value}`.trim()),
            );
      },
      [''],
    );
  }

  function valuesOf(argument: GraphQLArgument): string[] {
    const value = given[argument.name];
    if (value !== undefined) return [value];
    const named = getNamedType(argument.type);
    if (isEnumType(named)) return named.getValues().map(({ name }) => name);
    if (isRequiredArgument(argument))
      throw new Error(`No value for the argument ${argument.name}.`);
    return [];
  }
}
