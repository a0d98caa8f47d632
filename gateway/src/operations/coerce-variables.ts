import { CivitasError, catalogue } from '@civitas/platform/errors';
import {
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { OperationRefused } from '../pipeline/operation-refused.ts';
import { quickVariables } from './quick-variables.ts';

const MAX_ERRORS = 10;
const NONE: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * The variables as the operation's types and defaults make them; what it does not declare is left
 * behind.
 *
 * @param explain whether errors may name types and fields of the schema.
 * @throws OperationRefused `BAD_USER_INPUT` with `argumentPath`, one error per faulty value.
 * @throws CivitasError `OPERATION_TOO_LARGE` when the values nest deeper than can be followed.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>> | null | undefined,
  explain: boolean,
): Readonly<Record<string, unknown>> {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NONE;
  const quickly = readerOf(schema, operation)(given ?? NONE);
  if (quickly) return quickly;
  const { coerced, errors } = getVariableValues(schema, definitions, given ?? NONE, {
    maxErrors: MAX_ERRORS,
  });
  if (coerced) return coerced;
  // Collected like any other error, but it is the stack that was too small for the nesting.
  const tooDeep = errors.find((error: Error) => error instanceof RangeError);
  if (tooDeep) throw new CivitasError('OPERATION_TOO_LARGE', { cause: tooDeep });
  throw new OperationRefused(errors.map((error) => toBadInput(error, explain)));
}

type Read = ReturnType<typeof quickVariables>;
const readers = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Read>>();

function readerOf(schema: GraphQLSchema, operation: OperationDefinitionNode): Read {
  const known = readers.get(schema) ?? new WeakMap<OperationDefinitionNode, Read>();
  readers.set(schema, known);
  const read = known.get(operation) ?? quickVariables(schema, operation);
  known.set(operation, read);
  return read;
}

const AT = /^Variable "\$(\w+)"(?: got invalid value .* at "([^"]+)")?/s;

function toBadInput({ message, nodes }: GraphQLError, explain: boolean): GraphQLError {
  const [, variable, inside] = AT.exec(message) ?? [];
  const argumentPath = inside ?? variable;
  const extensions = { code: 'BAD_USER_INPUT', argumentPath };
  return new GraphQLError(explain ? message : catalogue.BAD_USER_INPUT.message, {
    nodes,
    extensions,
  });
}
