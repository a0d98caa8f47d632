import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { graphOf, isFieldsType, nameOf, stringArgument } from './join-directives.ts';

/**
 * What one subgraph wants to have before it answers: dotted paths of leaf fields, with the types of
 * fragments in angle brackets.
 */
export interface RequiredPaths {
  /** By `Type.field`, of fields that require others. */
  readonly byField: ReadonlyMap<string, ReadonlySet<string>>;
  /** Of all its keys. */
  readonly keys: ReadonlySet<string>;
}

interface Collected {
  readonly byField: Map<string, ReadonlySet<string>>;
  readonly keys: Set<string>;
}

/** Reads requirements and keys from a supergraph, by the names of its subgraphs. */
export function readRequiredPaths(supergraph: DocumentNode): ReadonlyMap<string, RequiredPaths> {
  const names = subgraphNames(supergraph);
  const found = new Map<string, Collected>();
  const of = (directive: ConstDirectiveNode): Collected => {
    const graph = graphOf(directive) ?? '';
    const name = names.get(graph) ?? graph;
    const known = found.get(name) ?? { byField: new Map(), keys: new Set<string>() };
    found.set(name, known);
    return known;
  };
  for (const type of supergraph.definitions.filter(isFieldsType)) {
    for (const directive of type.directives ?? []) {
      for (const path of pathsOf(stringArgument(directive, 'key'))) of(directive).keys.add(path);
    }
    for (const field of type.fields ?? []) {
      for (const directive of field.directives ?? []) {
        const paths = pathsOf(stringArgument(directive, 'requires'));
        if (paths.length === 0) continue;
        of(directive).byField.set(`${nameOf(type)}.${nameOf(field)}`, new Set(paths));
      }
    }
  }
  return found;
}

/** Subgraphs are known to plans by their names, to the supergraph by values of an enum. */
function subgraphNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION) continue;
    for (const { name, directives = [] } of definition.values ?? []) {
      const join = directives.find((each) => nameOf(each) === 'join__graph');
      const subgraph = join && stringArgument(join, 'name');
      if (subgraph !== undefined) names.set(name.value, subgraph);
    }
  }
  return names;
}

function pathsOf(fieldSet: string | undefined): readonly string[] {
  if (fieldSet === undefined) return [];
  const [operation] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? leaves(operation.selectionSet, '') : [];
}

/** The part of a path that stands for a fragment. */
export function pathInto(typeCondition: string | undefined, above: string): string {
  return typeCondition === undefined ? above : `${above}<${typeCondition}>.`;
}

function leaves({ selections }: SelectionSetNode, above: string): readonly string[] {
  return selections.flatMap((selection): readonly string[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return leaves(selection.selectionSet, pathInto(selection.typeCondition?.name.value, above));
    }
    const path = `${above}${nameOf(selection)}`;
    return selection.selectionSet ? leaves(selection.selectionSet, `${path}.`) : [path];
  });
}
