import type { Subgraph } from '@civitas/platform/subgraph';
import {
  type DefinitionNode,
  type GraphQLResolveInfo,
  getNamedType,
  isCompositeType,
  Kind,
  parse,
  type UnionTypeDefinitionNode,
} from 'graphql';
import { miniSubgraph } from '../testing/compose.ts';
import type { Entry, Fixture } from './fixture.ts';
import { type FieldTree, type KnownType, readKnowledge } from './knowledge.ts';
import { answerFor, isEntry, type World, worldOf } from './world.ts';

/** An entry as one subgraph holds it while it answers. */
interface View {
  readonly entry: Entry;
  /** What the gateway sent along. */
  readonly given: Entry;
  /** What the field that led here provides of fields that others own. */
  readonly provided: FieldTree;
}

/** One subgraph of a fixture, knowing no more than its SDL says. */
export function subgraphOf(name: string, sdl: string, fixture: Fixture): Subgraph {
  const world = worldOf(fixture);
  const types = readKnowledge(parse(sdl));

  function answerOf(type: string, field: string, view: View | undefined, given: Entry): unknown {
    const entry = view?.entry ?? {};
    const concrete = world.typeOf(entry);
    const candidates = concrete === undefined ? [type] : [concrete, type];
    const seen = view ? seenBy(types.get(type), view, world) : entry;
    const own = answerFor(fixture.only?.[name], candidates, field);
    if (own) return own(seen, given);
    const known = types.get(type);
    const isKey = known?.keys.some(({ fields }) => field in fields);
    if (known?.fields.get(field)?.isExternal && !isKey && !(field in (view?.provided ?? {}))) {
      if (view && field in view.given) return view.given[field];
      throw new Error(`${name} was asked for ${type}.${field}, which is not its own.`);
    }
    const answer = answerFor(fixture.answers, candidates, field);
    return answer ? answer(seen, given) : entry[field];
  }

  function find(type: string, { keys }: KnownType, reference: Entry): View | null {
    const usable = keys.filter(
      ({ fields, isResolvable }) => isResolvable && has(reference, fields),
    );
    if (usable.length === 0) {
      throw new Error(`${name} cannot find a ${type} by ${JSON.stringify(reference)}.`);
    }
    for (const [concrete, entries] of Object.entries(fixture.world)) {
      if (concrete !== type && !isKindOf(concrete, type, fixture)) continue;
      const entry = entries.find((each) =>
        usable.some(({ fields }) => matches(world.whole(each, concrete), reference, fields)),
      );
      if (entry && fixture.lacks?.[name]?.(entry)) return null;
      if (entry) return { entry, given: reference, provided: {} };
    }
    return null;
  }

  const resolvers: Record<string, Record<string, unknown>> = {};
  for (const [type, known] of types) {
    const made: Record<string, unknown> = {};
    for (const [field, { provides }] of known.isObject ? known.fields : []) {
      made[field] = (view: View | undefined, given: Entry, _: unknown, info: GraphQLResolveInfo) =>
        viewed(answerOf(type, field, view, given), { ...provides, ...view?.provided[field] }, info);
    }
    if (!known.isObject) made['__resolveType'] = ({ entry }: View) => world.typeOf(entry);
    if (known.keys.length > 0) {
      made['__resolveReference'] = (reference: Entry) => find(type, known, reference);
    }
    resolvers[type] = made;
  }
  for (const { name: union } of parse(sdl).definitions.filter(isUnion)) {
    resolvers[union.value] = { __resolveType: ({ entry }: View) => world.typeOf(entry) };
  }
  return miniSubgraph(name, sdl, resolvers);
}

const isUnion = (definition: DefinitionNode): definition is UnionTypeDefinitionNode =>
  definition.kind === Kind.UNION_TYPE_DEFINITION;

/** What resolvers pass on: entries with what is provided of them, everything else as it is. */
function viewed(value: unknown, provided: FieldTree, info: GraphQLResolveInfo): unknown {
  if (Array.isArray(value)) return value.map((each) => viewed(each, provided, info));
  const isObject = isEntry(value) && isCompositeType(getNamedType(info.returnType));
  return isObject ? { entry: value, given: {}, provided } : value;
}

/** What a subgraph's own code may read of an entry: no field that is somebody else's. */
function seenBy(known: KnownType | undefined, view: View, world: World): Entry {
  const { entry, given, provided } = view;
  const seen: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entry)) {
    const field = known?.fields.get(name);
    const isHidden = name.startsWith('$') || name === '__typename';
    const isKey = known?.keys.some(({ fields }) => name in fields);
    if (isHidden || isKey || name in provided || (field && !field.isExternal)) seen[name] = value;
  }
  for (const key of known?.keys ?? []) {
    for (const name of Object.keys(key.fields)) seen[name] ??= world.whole(entry)[name];
  }
  return Object.assign(seen, given);
}

function has(reference: Entry, fields: FieldTree): boolean {
  return Object.entries(fields).every(([name, below]) => {
    const value: unknown = reference[name];
    if (value === undefined || value === null) return false;
    if (Object.keys(below).length === 0) return true;
    return [value].flat().every((each) => isEntry(each) && has(each, below));
  });
}

function matches(entry: Entry, reference: Entry, fields: FieldTree): boolean {
  return Object.entries(fields).every(([name, below]) => {
    const own: readonly unknown[] = [entry[name]].flat();
    const given: readonly unknown[] = [reference[name]].flat();
    if (own.length !== given.length) return false;
    return own.every((each, at) => {
      const other = given[at];
      if (isEntry(each) && isEntry(other)) return matches(each, other, below);
      return String(each) === String(other);
    });
  });
}

/** Whether a subgraph somewhere says that the concrete type is one of the interface. */
function isKindOf(concrete: string, type: string, { subgraphs }: Fixture): boolean {
  return Object.values(subgraphs).some((sdl) =>
    new RegExp(`type ${concrete}\\s+implements[^{@]*\\b${type}\\b`).test(sdl),
  );
}
