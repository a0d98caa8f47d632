import { type GraphQLLeafType, type GraphQLSchema, isEnumType } from 'graphql';

/** From here on JavaScript writes whole numbers with an exponent. */
const FIRST_WITH_EXPONENT = 1e21;

const isInteger = (value: unknown): boolean =>
  Number.isInteger(value) && Math.abs(value as number) < FIRST_WITH_EXPONENT;

/** Built-in scalars as they look in a response; what a custom one may be only its subgraph knows. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === 'boolean',
  Int: isInteger,
  Float: (value) => typeof value === 'number' && Number.isFinite(value),
  ID: (value) => typeof value === 'string' || isInteger(value),
  String: (value) => typeof value === 'string',
};

/** Tells whether a subgraph's value fits its type; undefined when every value does. */
export function leafCheckOf(type: GraphQLLeafType): ((value: unknown) => boolean) | undefined {
  if (!isEnumType(type)) return CHECKS[type.name];
  const names = new Set<unknown>(type.getValues().map(({ name }) => name));
  return (value) => names.has(value);
}

/** The values of an enum that the supergraph has and clients do not see. */
export function hiddenValuesOf(
  type: GraphQLLeafType,
  supergraphSchema: GraphQLSchema,
): ReadonlySet<unknown> {
  const known = supergraphSchema.getType(type.name);
  if (!isEnumType(type) || !isEnumType(known)) return new Set();
  const names = known.getValues().map(({ name }) => name);
  return new Set(names.filter((name) => !type.getValue(name)));
}
