import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  type OperationTypeNode,
} from 'graphql';

/** Numbers below a bound, from whoever makes the choices. */
export type Choose = (below: number) => number;

interface ArbitraryOperationOptions {
  readonly schema: GraphQLSchema;
  readonly kind: OperationTypeNode;
  readonly choose: Choose;
  /** Values for the arguments of fields, by name. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Whether fragments may be deferred. */
  readonly defers?: boolean;
  /** Keys that fields may get instead of their own. Not every such operation is valid. */
  readonly keys?: readonly string[];
  /** Levels of fields. Default 5. */
  readonly maxDepth?: number;
}

const MAX_DEPTH = 5;

/**
 * A valid operation of random shape: aliases, arguments, fragments on objects and interfaces, the
 * same fields twice, `@skip`, `@include` and `@defer` by the variables `$yes` and `$no`.
 */
export function arbitraryOperation({
  schema,
  kind,
  choose,
  values,
  defers = false,
  keys = [],
  maxDepth = MAX_DEPTH,
}: ArbitraryOperationOptions): string {
  function selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + choose(4);
    const parts = Array.from({ length: count }, () => selection(type, depth));
    return `{ ${parts.join(' ')} __typename }`;
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const roll = choose(10);
    if (depth < maxDepth && (roll === 0 || (isAbstractType(type) && roll < 5)))
      return fragment(type, depth);
    if (!('getFields' in type)) return roll < 3 ? 'kind: __typename' : '__typename';
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < maxDepth || !isCompositeType(getNamedType(field.type)),
    );
    const field = fields[choose(fields.length)];
    if (!field) return '__typename';
    if (!defers || choose(3) !== 1) return fieldSelection(field, depth);
    return `... @defer { ${fieldSelection(field, depth)} }`;
  }

  function fieldSelection(field: GraphQLField<unknown, unknown>, depth: number): string {
    const given = field.args.flatMap(({ name }) => {
      const options = values[name] ?? [];
      const value = options[choose(options.length)];
      return value === undefined ? [] : [[name, value] as const];
    });
    // A name for every set of arguments, so that the same field twice never conflicts.
    const suffix = given.map(([, value]) => value.replaceAll(/\W/g, '')).join('_');
    const own = given.length > 0 || choose(4) === 0 ? `${field.name}_${suffix}: ` : '';
    const alias = keys.length > 0 && choose(6) === 0 ? anyKey() : own;
    const list = given.map(([name, value]) => `${name}: ${value}`).join(', ');
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${selectionSet(named, depth + 1)}` : '';
    return `${alias}${field.name}${list && `(${list})`}${directive()}${below}`;
  }

  function anyKey(): string {
    const key = keys[choose(keys.length)];
    return key === undefined || choose(3) === 0 ? '' : `${key}: `;
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const wider = possible.flatMap((each) => each.getInterfaces());
    const conditions: readonly GraphQLCompositeType[] = [type, ...possible, ...wider];
    const condition = conditions[choose(conditions.length)] ?? type;
    const on = choose(5) === 0 ? '' : `on ${condition.name} `;
    const later = defers ? defer() : '';
    return `... ${on}${later}${directive()}${selectionSet(on ? condition : type, depth + 1)}`;
  }

  function defer(): string {
    return ['', '@defer ', '@defer ', '@defer(if: $yes) ', '@defer(if: $no) '][choose(5)] ?? '';
  }

  function directive(): string {
    return (
      ['@include(if: $yes) ', '@skip(if: $no) ', '@include(if: $no) ', '@skip(if: $yes) '][
        choose(24)
      ] ?? ' '
    );
  }

  const root = schema.getRootType(kind);
  if (!root) throw new Error(`The schema has no ${kind}.`);
  return `${kind} ($yes: Boolean = true, $no: Boolean! = false) ${selectionSet(root, 0)}`;
}
