import {
  execute,
  type FormattedExecutionResult,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import type { Entry, Fixture } from './fixture.ts';
import { answerFor, isEntry, worldOf } from './world.ts';

/** Runs an operation on the whole world at once: one schema, one executor, no federation. */
export type AskOracle = (query: string, variables?: Entry) => Promise<FormattedExecutionResult>;

/**
 * The world of a fixture as one graphql-js schema, the one that clients see. What that schema hides
 * (a value of an enum, a kind of an interface) is null in it, as it is at the gateway.
 */
export function oracleOf(fixture: Fixture, { schema }: LoadedSupergraph): AskOracle {
  const world = worldOf(fixture);
  const isHidden = (value: unknown): boolean => {
    const type = isEntry(value) ? world.typeOf(value) : undefined;
    return type !== undefined && !schema.getType(type);
  };
  return async (query, variableValues) =>
    await execute({
      schema,
      document: parse(query),
      ...(variableValues && { variableValues }),
      rootValue: {},
      typeResolver: (value: Entry) => world.typeOf(value),
      fieldResolver: (source: Entry, given, _, { fieldName, parentType, returnType }) => {
        const types = [parentType.name, ...kindsOf(schema, parentType.name)];
        const answer =
          answerFor(fixture.whole, types, fieldName) ??
          answerFor(fixture.answers, types, fieldName);
        const value: unknown = answer
          ? answer(world.whole(source, parentType.name), given)
          : source[fieldName];
        const type = getNamedType(returnType);
        if (isEnumType(type)) return type.getValue(String(value)) ? value : null;
        return isHidden(value) ? null : value;
      },
    });
}

function kindsOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return type.getInterfaces().map((kind) => kind.name);
}
