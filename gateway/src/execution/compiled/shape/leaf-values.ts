import { type GraphQLLeafType, isEnumType } from 'graphql';

const INTEGER = /^-?(0|[1-9][0-9]*)$/;

const isInteger = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && INTEGER.test(String(value));

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
