import {
  type InputType,
  isInputType,
  isListType,
  isNonNullType,
  ListType,
  NonNullType,
  type Schema,
} from '@apollo/federation-internals';
import { type DirectiveLocation, DirectiveLocation as Locations } from 'graphql';

const IN_OPERATIONS: ReadonlySet<string> = new Set<DirectiveLocation>([
  Locations.QUERY,
  Locations.MUTATION,
  Locations.SUBSCRIPTION,
  Locations.FIELD,
  Locations.FRAGMENT_DEFINITION,
  Locations.FRAGMENT_SPREAD,
  Locations.INLINE_FRAGMENT,
  Locations.VARIABLE_DEFINITION,
]);

/**
 * Lets clients write the directives for operations that every subgraph defines. Apollo leaves them
 * out of what clients see when they come from a linked specification.
 *
 * A directive with an argument of a type that clients do not see stays out.
 */
export function addClientDirectives(apiSchema: Schema, supergraph: Schema): void {
  for (const directive of supergraph.directives()) {
    const locations = directive.locations.filter((location) => IN_OPERATIONS.has(location));
    if (locations.length === 0 || apiSchema.directive(directive.name)) continue;
    const typed = directive.arguments().map((argument) => ({
      argument,
      type: argument.type && typeIn(apiSchema, argument.type),
    }));
    if (typed.some(({ type }) => type === undefined)) continue;
    const added = apiSchema.addDirectiveDefinition(directive.name);
    added.repeatable = directive.repeatable;
    added.addLocations(...locations);
    for (const { argument, type } of typed) {
      added.addArgument(argument.name, type, argument.defaultValue);
    }
  }
}

function typeIn(schema: Schema, type: InputType): InputType | undefined {
  if (isListType(type) || isNonNullType(type)) {
    const inner = typeIn(schema, type.ofType as InputType);
    if (!inner) return undefined;
    return (isListType(type) ? new ListType(inner) : new NonNullType(inner as never)) as InputType;
  }
  const named = schema.type(type.name);
  return named && isInputType(named) ? named : undefined;
}
