import { type ConstValueNode, Kind, parse, parseConstValue, print, visit } from 'graphql';
import type { Examples } from './examples.ts';

/** The examples as GraphiQL's first tabs; none without demo data. */
export function examplesOf(examples: Examples | null): readonly { readonly query: string }[] {
  return (examples?.queries ?? []).map(({ query, variables }) => ({
    query: fillInVariables(query, variables),
  }));
}

/**
 * An operation that runs as it stands: each variable has its value as default. GraphiQL does not
 * show the variables of its first tab until somebody has opened another one.
 */
function fillInVariables(operation: string, variables: Readonly<Record<string, unknown>>): string {
  const filledIn = visit(parse(operation), {
    VariableDefinition: (definition) => {
      const value = variables[definition.variable.name.value];
      return value === undefined ? undefined : { ...definition, defaultValue: literalOf(value) };
    },
  });
  const comments = operation.split('\n').filter((line) => line.startsWith('#'));
  return `${comments.join('\n')}\n${print(filledIn)}\n`;
}

/** Strings, numbers, booleans, lists and null are written in GraphQL as in JSON. */
function literalOf(value: unknown): ConstValueNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return parseConstValue(JSON.stringify(value));
  }
  return {
    kind: Kind.OBJECT,
    fields: Object.entries(value).map(([name, field]) => ({
      kind: Kind.OBJECT_FIELD,
      name: { kind: Kind.NAME, value: name },
      value: literalOf(field),
    })),
  };
}
