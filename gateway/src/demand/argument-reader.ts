import { type FieldNode, type GraphQLField, Kind, type ValueNode, valueFromAST } from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/** A value of an argument, or inside of it, that may depend on variables. */
export interface ReadableValue {
  readonly of: (variables: Variables) => unknown;
  readonly isConstant: boolean;
}

/** Finds a value by its path: the argument's name, then names of input fields. */
export type ReadArgument = (path: readonly string[]) => ReadableValue;

/** Reads the arguments of one field of an operation, with the defaults of the schema. */
export function argumentReader(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
): ReadArgument {
  return ([name, ...inside]) => {
    const argument = field.args.find((each) => each.name === name);
    if (!argument) return { of: () => undefined, isConstant: true };
    const ast = node.arguments?.find((each) => each.name.value === name)?.value;
    const whole = (variables: Variables): unknown => {
      if (!ast) return argument.defaultValue;
      if (ast.kind !== Kind.VARIABLE) return valueFromAST(ast, argument.type, variables);
      const value = variables[ast.name.value];
      return value === undefined ? argument.defaultValue : value;
    };
    const isConstant = !ast || !hasVariables(ast);
    const of = (variables: Variables) => inside.reduce(property, whole(variables));
    if (!isConstant) return { of, isConstant };
    const value = of({});
    return { of: () => value, isConstant };
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function hasVariables(ast: ValueNode): boolean {
  switch (ast.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return ast.values.some(hasVariables);
    case Kind.OBJECT:
      return ast.fields.some(({ value }) => hasVariables(value));
    default:
      return false;
  }
}
