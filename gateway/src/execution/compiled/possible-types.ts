import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/** Questions about the types of a supergraph that are asked for every object of an answer. */
export interface PossibleTypes {
  readonly abstract: ReadonlySet<string>;
  /** Whether an object whose `__typename` is `type` fits a condition on `condition`. */
  fits(type: string, condition: string): boolean;
}

export function possibleTypesOf(schema: GraphQLSchema): PossibleTypes {
  const abstract = new Set<string>();
  const members = new Map<string, ReadonlySet<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    abstract.add(type.name);
    const fitting = new Set(schema.getPossibleTypes(type).map(({ name }) => name));
    if (isInterfaceType(type)) {
      for (const { name } of schema.getImplementations(type).interfaces) fitting.add(name);
    }
    members.set(type.name, fitting);
  }
  return {
    abstract,
    fits: (type, condition) => {
      if (type === condition) return true;
      const known = schema.getType(type);
      return (
        (isObjectType(known) || isInterfaceType(known)) &&
        (members.get(condition)?.has(type) ?? false)
      );
    },
  };
}
