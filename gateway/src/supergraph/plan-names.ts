import { type DocumentNode, Kind, visit } from 'graphql';

/** The response keys that a plan may use on its own account. */
export interface PlanNames {
  /** Every field of the supergraph. */
  readonly fields: ReadonlySet<string>;
  /** The fields that keys and requirements of other fields name. */
  readonly required: ReadonlySet<string>;
}

const FIELD_SETS: ReadonlySet<string> = new Set(['key', 'requires', 'provides']);

/** Reads them from a supergraph as it is planned with. */
export function readPlanNames(supergraph: DocumentNode): PlanNames {
  const fields = new Set<string>();
  const required = new Set<string>();
  visit(supergraph, {
    FieldDefinition: ({ name }) => void fields.add(name.value),
    Directive: ({ name: { value: directive }, arguments: given = [] }) => {
      if (directive !== 'join__type' && directive !== 'join__field') return;
      for (const { name, value } of given) {
        if (!FIELD_SETS.has(name.value) || value.kind !== Kind.STRING) continue;
        for (const word of value.value.match(/\w+/g) ?? []) required.add(word);
      }
    },
  });
  return { fields, required };
}
