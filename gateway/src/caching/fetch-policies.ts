import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CacheHint, CacheHints } from './cache-hints.ts';
import { hashOf } from './hash-of.ts';

/** How the answer to one text may be remembered. */
export interface FetchPolicy {
  readonly kind: 'root' | 'entities';
  /** The text without the name that the client's operation gave it: the same for the same selection. */
  readonly text: string;
  readonly ttlMs: number;
  /** The same for every viewer; else one answer per viewer. */
  readonly isPublic: boolean;
  /**
   * Every object in the answer says its id, or is asked for by it, and there is no list: what can change
   * the answer is named in it or in its variables.
   */
  readonly namesItsObjects: boolean;
}

/** Tells how the answer to a text may be remembered; undefined when it may not. */
export type PolicyOf = (query: string) => FetchPolicy | undefined;

/** Texts of plans; as many as there are plans in use. */
const MAX_TEXTS = 10_000;

/**
 * Works out, once per text that is sent to a subgraph, whether its answer may be remembered: as long
 * as its shortest-lived part. As Apollo has it, root fields and fields of objects without a hint are
 * not remembered at all, scalars live as long as their parent. Other than there, an answer is of one
 * viewer unless the schema says `scope: PUBLIC`, and no guarded field is ever public.
 */
export function createFetchPolicies(schema: GraphQLSchema, hints: CacheHints): PolicyOf {
  const known = new LRUCache<string, FetchPolicy | { readonly kind: 'none' }>({ max: MAX_TEXTS });

  function walk(set: SelectionSetNode, typeName: string, parentMs: number, found: Found): void {
    for (const selection of set.selections) {
      // The fragment is not there.
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        found.ttlMs = 0;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        if (isOfOneViewer(hints.get(condition))) found.isPublic = false;
        walk(selection.selectionSet, condition, parentMs, found);
      } else if (selection.name.value !== '__typename') {
        walkField(selection, typeName, parentMs, found);
      }
    }
  }

  function walkField(node: FieldNode, typeName: string, parentMs: number, found: Found): void {
    const field = fieldOf(schema, typeName, node.name.value);
    if (!field) {
      found.ttlMs = 0;
      return;
    }
    const of = getNamedType(field.type);
    const own = hints.get(`${typeName}.${field.name}`);
    const typed = isCompositeType(of) ? hints.get(of.name) : undefined;
    const ms = ageOf(own, typed, isCompositeType(of), parentMs);
    found.ttlMs = Math.min(found.ttlMs, ms);
    if (isOfOneViewer(own) || isOfOneViewer(typed)) found.isPublic = false;
    if (!node.selectionSet) return;
    const isByItsId = typeName === found.root && isAskedForById(node, of.name);
    const isNamed = isByItsId || saysItsId(node.selectionSet, of.name);
    if (isListType(getNullableType(field.type)) || !isNamed) found.namesItsObjects = false;
    walk(node.selectionSet, of.name, ms, found);
  }

  /** A value of a type without an id is part of the object it stands in. */
  function saysItsId({ selections }: SelectionSetNode, typeName: string): boolean {
    const type = schema.getType(typeName);
    const mayHaveOne = !isObjectType(type) || type.getFields()['id'] !== undefined;
    if (!mayHaveOne) return true;
    const fields = selections.filter(
      (each) => each.kind !== Kind.FIELD || each.name.value !== '__typename',
    );
    return (
      fields.some((each) => each.kind === Kind.FIELD && each.name.value === 'id' && !each.alias) ||
      (fields.length > 0 &&
        fields.every(
          (each) =>
            each.kind === Kind.INLINE_FRAGMENT &&
            saysItsId(each.selectionSet, each.typeCondition?.name.value ?? typeName),
        ))
    );
  }

  function policyOf(query: string): FetchPolicy | undefined {
    const operation = withoutSpreads(parse(query, { noLocation: true }));
    if (operation?.operation !== 'query') return undefined;
    const root = schema.getQueryType()?.name ?? 'Query';
    const found: Found = {
      root,
      text: print({ ...operation, name: undefined }),
      ttlMs: Number.POSITIVE_INFINITY,
      isPublic: true,
      namesItsObjects: true,
    };
    const entities = onlyEntities(operation);
    if (entities === null) return undefined;
    return entities ? ofEntities(entities, found) : ofRootFields(operation, found);
  }

  function ofEntities({ selections }: SelectionSetNode, found: Found): FetchPolicy | undefined {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return undefined;
      if (selection.kind === Kind.FIELD) continue;
      const name = selection.typeCondition?.name.value ?? '';
      const hint = hints.get(name);
      if (hint?.scope !== 'PUBLIC' || hint.isGuarded) found.isPublic = false;
      walk(selection.selectionSet, name, hint?.maxAgeMs ?? 0, found);
    }
    return toPolicy('entities', found);
  }

  function ofRootFields(
    { selectionSet }: OperationDefinitionNode,
    found: Found,
  ): FetchPolicy | undefined {
    for (const selection of selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) return undefined;
      const hint = hints.get(`${found.root}.${selection.name.value}`);
      if (hint?.scope !== 'PUBLIC') found.isPublic = false;
    }
    walk(selectionSet, found.root, 0, found);
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

/** Fragments stand where they are spread: the same selection has the same text, however it was written. */
function withoutSpreads({ definitions }: DocumentNode): OperationDefinitionNode | undefined {
  const [operation, ...others] = definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return undefined;
  const fragments = others.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  if (fragments.length < others.length) return undefined;
  return visit(operation, {
    FragmentSpread: ({ name, directives = [] }) => {
      const fragment = fragments.find((each) => each.name.value === name.value);
      if (!fragment) return undefined;
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet };
    },
  });
}

interface Found {
  readonly root: string;
  readonly text: string;
  ttlMs: number;
  isPublic: boolean;
  namesItsObjects: boolean;
}

/** What is asked of entities; null where that is not all, undefined where they are not asked for. */
function onlyEntities({
  selectionSet,
}: OperationDefinitionNode): SelectionSetNode | null | undefined {
  const [only, ...more] = selectionSet.selections;
  if (only?.kind !== Kind.FIELD || only.name.value !== '_entities') return undefined;
  return more.length === 0 && !only.alias && only.selectionSet ? only.selectionSet : null;
}

function fieldOf(
  schema: GraphQLSchema,
  typeName: string,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function isOfOneViewer(hint: CacheHint | undefined): boolean {
  return hint?.scope === 'PRIVATE' || hint?.isGuarded === true;
}

/** By a variable, which is among what an answer is tagged with. */
function isAskedForById(node: FieldNode, typeName: string): boolean {
  const id = node.arguments?.find(({ name }) => name.value === 'id');
  return id?.value.kind === Kind.VARIABLE && !typeName.endsWith('Connection');
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

function toPolicy(
  kind: FetchPolicy['kind'],
  { text, ttlMs, isPublic, namesItsObjects }: Found,
): FetchPolicy | undefined {
  if (!Number.isFinite(ttlMs) || ttlMs <= 0) return undefined;
  return { kind, text: hashOf(text), ttlMs, isPublic, namesItsObjects };
}
