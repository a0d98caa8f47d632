import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type TypeDefinitionNode,
} from 'graphql';

/** What `@cacheControl` says at one place. */
export interface CacheHint {
  /** Absent: nothing of its own. */
  readonly maxAgeMs?: number | undefined;
  readonly scope?: 'PUBLIC' | 'PRIVATE' | undefined;
  readonly inherits: boolean;
  /** Not everybody may see it: never the same for all. */
  readonly isGuarded: boolean;
}

/** The hints of a supergraph by `Type` and `Type.field`. */
export type CacheHints = ReadonlyMap<string, CacheHint>;

const GUARDS: ReadonlySet<string> = new Set(['authenticated', 'requiresScopes', 'policy']);

/** Reads `@cacheControl`; empty when the supergraph does not use it. */
export function readCacheHints(supergraph: DocumentNode): CacheHints {
  const hints = new Map<string, CacheHint>();
  let isUsed = false;
  const note = (place: string, node: TypeDefinitionNode | FieldDefinitionNode) => {
    const hint = hintOf(node.directives ?? []);
    if (!hint) return;
    hints.set(place, hint);
    isUsed ||= hint.maxAgeMs !== undefined;
  };
  for (const definition of supergraph.definitions) {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION &&
      definition.kind !== Kind.UNION_TYPE_DEFINITION
    ) {
      continue;
    }
    note(definition.name.value, definition);
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
      note(`${definition.name.value}.${field.name.value}`, field);
    }
  }
  return isUsed ? hints : new Map();
}

function hintOf(directives: readonly ConstDirectiveNode[]): CacheHint | undefined {
  const isGuarded = directives.some(({ name }) => GUARDS.has(name.value));
  const directive = directives.find(({ name }) => name.value === 'cacheControl');
  if (!directive) return isGuarded ? { inherits: false, isGuarded } : undefined;
  const given = new Map(
    (directive.arguments ?? []).map(({ name, value }) => [
      name.value,
      'value' in value ? value.value : undefined,
    ]),
  );
  const maxAge = given.get('maxAge');
  const scope = given.get('scope');
  return {
    maxAgeMs: maxAge === undefined ? undefined : Number(maxAge) * 1_000,
    scope: scope === 'PUBLIC' || scope === 'PRIVATE' ? scope : undefined,
    inherits: given.get('inheritMaxAge') === true,
    isGuarded,
  };
}
