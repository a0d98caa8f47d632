import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

/** What arguments are made of: an id for each place that takes one, and plausible values for the rest. */
export interface Values {
  /** By the path of an argument, e.g. `input.postId`; undefined leaves an optional one out. */
  id(path: string): string | undefined;
  /** By the name of the argument, where what its type suggests would not do. */
  readonly named: Readonly<Record<string, unknown>>;
}

const BY_TYPE: Readonly<Record<string, unknown>> = {
  String: 'A walk through everything',
  Int: 1,
  Float: 1,
  Boolean: true,
  BigInt: '1',
  DateTime: new Date(Date.now() - 60_000).toISOString(),
  Base64: 'AAA=',
  PasskeyJson: '{}',
};

/** Variables for all arguments of a field, and the field's call with them. */
export function callOf(field: GraphQLField<unknown, unknown>, values: Values) {
  const variables: Record<string, unknown> = {};
  for (const argument of field.args) {
    variables[argument.name] = plausible(argument.type, argument.name, [argument.name], values);
  }
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  return { declared, call: passed ? `${field.name}(${passed})` : field.name, variables };
}

function plausible(
  type: GraphQLInputType,
  name: string,
  path: readonly string[],
  values: Values,
): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [plausible(nullable.ofType, name, path, values)];
  if (isInputObjectType(nullable)) {
    const entries = Object.values(nullable.getFields()).map(
      (field) =>
        [field.name, plausible(field.type, field.name, [...path, field.name], values)] as const,
    );
    return Object.fromEntries(entries);
  }
  if (getNamedType(nullable).name === 'ID') return values.id(path.join('.'));
  if (name in values.named) return values.named[name];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  return BY_TYPE[getNamedType(nullable).name];
}

/** The paths of all ids among a field's arguments, in input objects too, and which it needs. */
export function idPathsOf(field: GraphQLField<unknown, unknown>) {
  const paths: { readonly path: string; readonly needed: boolean }[] = [];
  const visit = (type: GraphQLInputType, path: readonly string[], needed: boolean): void => {
    const named = getNamedType(type);
    if (named.name === 'ID') paths.push({ path: path.join('.'), needed });
    if (!isInputObjectType(named)) return;
    for (const inner of Object.values(named.getFields())) {
      visit(inner.type, [...path, inner.name], needed && isNonNullType(inner.type));
    }
  };
  for (const { name, type } of field.args) visit(type, [name], isNonNullType(type));
  return paths;
}

/** Sets of paths to fill: what is needed, alone and with each other one. */
export function idSetsOf(field: GraphQLField<unknown, unknown>): string[][] {
  const paths = idPathsOf(field);
  const needed = paths.filter((each) => each.needed).map(({ path }) => path);
  const others = paths.filter((each) => !each.needed).map(({ path }) => [...needed, path]);
  return needed.length > 0 ? [needed, ...others] : others;
}
