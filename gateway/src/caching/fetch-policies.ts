import {
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CacheHint, CacheHints } from './cache-hints.ts';

/** How the answer to one text may be remembered. */
export interface FetchPolicy {
  readonly kind: 'root' | 'entities';
  readonly ttlMs: number;
  /** The same for every viewer; else one answer per viewer. */
  readonly isPublic: boolean;
}

/** Texts of plans; as many as there are plans in use. */
const MAX_TEXTS = 10_000;

/**
 * Works out, once per text that is sent to a subgraph, whether its answer may be remembered: as long
 * as its shortest-lived part. As Apollo has it, root fields and fields of objects without a hint are
 * not remembered at all, scalars live as long as their parent. Other than there, an answer is of one
 * viewer unless the schema says `scope: PUBLIC`, and no guarded field is ever public.
 */
export function createFetchPolicies(
  schema: GraphQLSchema,
  hints: CacheHints,
): (query: string) => FetchPolicy | undefined {
  const known = new LRUCache<string, FetchPolicy | { readonly kind: 'none' }>({ max: MAX_TEXTS });

  function walk(set: SelectionSetNode, typeName: string, parentMs: number, found: Found): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        found.ttlMs = 0;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        if (hints.get(condition)?.isGuarded) found.isPublic = false;
        walk(selection.selectionSet, condition, parentMs, found);
      } else if (selection.name.value !== '__typename') {
        const type = schema.getType(typeName);
        const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
        const field = fields[selection.name.value];
        if (!field) {
          found.ttlMs = 0;
          continue;
        }
        const of = getNamedType(field.type);
        const own = hints.get(`${typeName}.${field.name}`);
        const typed = isCompositeType(of) ? hints.get(of.name) : undefined;
        const ms = ageOf(own, typed, isCompositeType(of), parentMs);
        found.ttlMs = Math.min(found.ttlMs, ms);
        if (own?.scope === 'PRIVATE' || own?.isGuarded) found.isPublic = false;
        if (typed?.scope === 'PRIVATE' || typed?.isGuarded) found.isPublic = false;
        if (selection.selectionSet) walk(selection.selectionSet, of.name, ms, found);
      }
    }
  }

  function policyOf(query: string): FetchPolicy | undefined {
    const [operation, ...others] = parse(query, { noLocation: true }).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return undefined;
    if (operation.operation !== 'query') return undefined;
    const [only, ...more] = operation.selectionSet.selections;
    const root = schema.getQueryType()?.name ?? 'Query';
    const found: Found = { ttlMs: Number.POSITIVE_INFINITY, isPublic: true };
    if (only?.kind === Kind.FIELD && only.name.value === '_entities') {
      if (more.length > 0 || only.alias || !only.selectionSet) return undefined;
      for (const selection of only.selectionSet.selections) {
        if (selection.kind !== Kind.INLINE_FRAGMENT) continue;
        const name = selection.typeCondition?.name.value ?? '';
        const hint = hints.get(name);
        if (hint?.scope !== 'PUBLIC' || hint.isGuarded) found.isPublic = false;
        const ms = hint?.maxAgeMs ?? 0;
        found.ttlMs = Math.min(found.ttlMs, ms);
        walk(selection.selectionSet, name, ms, found);
      }
      return toPolicy('entities', found);
    }
    for (const selection of operation.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) return undefined;
      const place = `${root}.${selection.name.value}`;
      if (hints.get(place)?.scope !== 'PUBLIC') found.isPublic = false;
    }
    walk(operation.selectionSet, root, 0, found);
    return toPolicy('root', found);
  }

  return (query) => {
    let policy = known.get(query);
    if (!policy) {
      policy = policyOf(query) ?? { kind: 'none' };
      known.set(query, policy);
    }
    return policy.kind === 'none' ? undefined : policy;
  };
}

interface Found {
  ttlMs: number;
  isPublic: boolean;
}

function ageOf(
  own: CacheHint | undefined,
  typed: CacheHint | undefined,
  isComposite: boolean,
  parentMs: number,
): number {
  if (own?.maxAgeMs !== undefined) return own.maxAgeMs;
  if (!isComposite || own?.inherits) return parentMs;
  if (typed?.maxAgeMs !== undefined) return typed.maxAgeMs;
  return typed?.inherits ? parentMs : 0;
}

function toPolicy(kind: FetchPolicy['kind'], { ttlMs, isPublic }: Found): FetchPolicy | undefined {
  return Number.isFinite(ttlMs) && ttlMs > 0 ? { kind, ttlMs, isPublic } : undefined;
}
