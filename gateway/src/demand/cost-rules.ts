import {
  type DirectiveDefinition,
  InputObjectType,
  InterfaceType,
  isInterfaceType,
  ObjectType,
  type Schema,
} from '@apollo/federation-internals';

/** What `@listSize` says of a field. */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Paths of arguments that say how long the list may be: `["input", "paging", "first"]`. */
  readonly slicingArguments: readonly (readonly string[])[];
  /** The lists below the field that are meant; empty when it is the field itself. */
  readonly sizedFields: ReadonlySet<string>;
  readonly requireOneSlicingArgument: boolean;
}

/** What selecting one field costs beside what is below it. */
export interface FieldCost {
  /** From `@cost` of the field. */
  readonly weight: number | undefined;
  readonly listSize: ListSize | undefined;
  /** From `@cost` of its arguments. */
  readonly argumentWeights: ReadonlyMap<string, number>;
}

/** The weights and sizes that a supergraph declares. */
export interface CostRules {
  field(parent: string, field: string): FieldCost | undefined;
  /** From `@cost` of an object, a scalar or an enum. */
  typeWeight(type: string): number | undefined;
  inputFieldWeight(type: string, field: string): number | undefined;
}

/**
 * Reads `@cost` and `@listSize` under whatever names `@link` gave them. A field of an interface costs
 * the most that it does in any implementation.
 */
export function readCostRules(supergraph: Schema): CostRules {
  const feature = supergraph.coreFeatures?.getByIdentity('https://specs.apollo.dev/cost');
  const fields = new Map<string, FieldCost>();
  const types = new Map<string, number>();
  const inputFields = new Map<string, number>();
  const rules: CostRules = {
    field: (parent, field) => fields.get(`${parent}.${field}`),
    typeWeight: (type) => types.get(type),
    inputFieldWeight: (type, field) => inputFields.get(`${type}.${field}`),
  };
  if (!feature) return rules;
  const read = reader(
    supergraph.directive(feature.directiveNameInSchema('cost')),
    supergraph.directive(feature.directiveNameInSchema('listSize')),
  );

  for (const type of supergraph.allTypes()) {
    const weight = read.weight(type);
    if (weight !== undefined) types.set(type.name, weight);
    if (type instanceof InputObjectType) {
      for (const field of type.fields()) {
        const own = read.weight(field);
        if (own !== undefined) inputFields.set(`${type.name}.${field.name}`, own);
      }
    }
    if (!(type instanceof ObjectType || type instanceof InterfaceType)) continue;
    const implementations = isInterfaceType(type) ? type.possibleRuntimeTypes() : [];
    for (const field of type.fields()) {
      const all = [field, ...implementations.map((each) => each.field(field.name))];
      const cost = costliest(
        all.flatMap((each) =>
          each
            ? {
                weight: read.weight(each),
                listSize: read.listSize(each),
                argumentWeights: argumentWeights(each.arguments(), read.weight),
              }
            : [],
        ),
      );
      if (cost) fields.set(`${type.name}.${field.name}`, cost);
    }
  }
  return rules;
}

interface Element {
  readonly appliedDirectives: readonly {
    readonly name: string;
    arguments(): Readonly<Record<string, unknown>>;
  }[];
}

function reader(cost: DirectiveDefinition | undefined, listSize: DirectiveDefinition | undefined) {
  const applied = (element: unknown, definition: DirectiveDefinition | undefined) =>
    (element as Element).appliedDirectives
      .find(({ name }) => name === definition?.name)
      ?.arguments();
  return {
    weight: (element: unknown) => applied(element, cost)?.['weight'] as number | undefined,
    listSize: (element: unknown): ListSize | undefined => {
      const given = applied(element, listSize);
      return (
        given && {
          assumedSize: (given['assumedSize'] as number | null | undefined) ?? undefined,
          slicingArguments: ((given['slicingArguments'] ?? []) as string[]).map((path) =>
            path.split('.'),
          ),
          sizedFields: new Set((given['sizedFields'] ?? []) as string[]),
          requireOneSlicingArgument: given['requireOneSlicingArgument'] !== false,
        }
      );
    },
  };
}

function argumentWeights(
  given: readonly { readonly name: string }[],
  weightOf: (element: unknown) => number | undefined,
): ReadonlyMap<string, number> {
  return new Map(
    given.flatMap((argument) => {
      const weight = weightOf(argument);
      return weight === undefined ? [] : [[argument.name, weight] as const];
    }),
  );
}

function costliest(costs: readonly FieldCost[]): FieldCost | undefined {
  const weights = costs.flatMap(({ weight }) => weight ?? []);
  const cost: FieldCost = {
    weight: weights.length > 0 ? Math.max(...weights) : undefined,
    listSize: costs.find(({ listSize }) => listSize)?.listSize,
    argumentWeights: new Map(costs.flatMap((each) => [...each.argumentWeights])),
  };
  const isFree =
    cost.weight === undefined && cost.listSize === undefined && cost.argumentWeights.size === 0;
  return isFree ? undefined : cost;
}
