import {
  type ArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import {
  graphOf,
  isExternal,
  isFieldsType,
  isJoin,
  namedType,
  nameOf,
  stringArgument,
  type TypeDefinition,
  withArgument,
} from './join-directives.ts';

/** A field that stands for another one with certain arguments. */
export interface StandIn {
  readonly field: string;
  readonly arguments: readonly ArgumentNode[];
}

/** A supergraph to plan with, in which nothing is required with arguments. */
export interface WithStandIns {
  readonly document: DocumentNode;
  /** By the name of the field that stands in. */
  readonly standIns: ReadonlyMap<string, StandIn>;
}

/**
 * Gives every combination of arguments with which a field is required a field of its own.
 *
 * The planner tells fields of one object apart by their names alone: what one field requires with
 * one argument, another with a second, and a client with a third, it would fetch under one key, each
 * overwriting the other, and would take what a subgraph declares external for something it can
 * answer. With fields of their own nothing can meet. Plans are translated back by
 * `translatePlan`.
 */
export function withArgumentStandIns(supergraph: DocumentNode): WithStandIns {
  const types = new Map<string, TypeDefinition>();
  for (const node of supergraph.definitions) {
    if (isFieldsType(node)) types.set(node.name.value, node);
  }
  const collected = createStandIns(types);
  const rewritten = visit(supergraph, {
    FieldDefinition: (field, _, __, ___, ancestors) => {
      const parent = ancestors.findLast(isFieldsType);
      const directives = (field.directives ?? []).map((directive) =>
        collected.rewrite(directive, parent?.name.value ?? ''),
      );
      return { ...field, directives };
    },
  });
  if (collected.standIns.size === 0) return { document: supergraph, standIns: collected.standIns };
  const document = visit(rewritten, {
    ObjectTypeDefinition: (node) => collected.complete(node),
    InterfaceTypeDefinition: (node) => collected.complete(node),
  });
  return { document, standIns: collected.standIns };
}

function createStandIns(types: ReadonlyMap<string, TypeDefinition>) {
  const standIns = new Map<string, StandIn>();
  const byMeaning = new Map<string, string>();
  /** By type and field, which stand-ins it has and which graphs require them. */
  const places = new Map<string, Map<string, Set<string>>>();
  const taken = new Set([...types.values()].flatMap(({ fields = [] }) => fields.map(nameOf)));

  function standInFor({ name: { value: field }, arguments: given = [] }: FieldNode): string {
    const meaning = `${field}(${given.map(print).sort().join()})`;
    let name = byMeaning.get(meaning);
    for (let count = 1; name === undefined; count++) {
      const made = `${field}__${count}`;
      if (!taken.has(made)) name = made;
    }
    taken.add(name);
    byMeaning.set(meaning, name);
    standIns.set(name, { field, arguments: given });
    return name;
  }

  function rewriteSet(set: SelectionSetNode, type: string, graph: string): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value ?? type;
        return { ...selection, selectionSet: rewriteSet(selection.selectionSet, on, graph) };
      }
      const field = types.get(type)?.fields?.find((each) => nameOf(each) === nameOf(selection));
      const below =
        selection.selectionSet &&
        rewriteSet(selection.selectionSet, field ? namedType(field.type) : '', graph);
      const rewritten = { ...selection, ...(below && { selectionSet: below }) };
      if ((selection.arguments ?? []).length === 0) return rewritten;
      const name = standInFor(selection);
      for (const holder of holdersOf(type, types)) {
        const place = entryOf(places, `${holder}.${nameOf(selection)}`);
        place.set(name, (place.get(name) ?? new Set<string>()).add(graph));
      }
      return { ...rewritten, name: { ...selection.name, value: name }, arguments: [] };
    });
    return { ...set, selections };
  }

  function rewrite(directive: ConstDirectiveNode, type: string): ConstDirectiveNode {
    const required = stringArgument(directive, 'requires');
    const graph = graphOf(directive);
    if (!required?.includes('(') || graph === undefined) return directive;
    const [operation] = parse(`{ ${required} }`, { noLocation: true }).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return directive;
    const rewritten = print(rewriteSet(operation.selectionSet, type, graph)).slice(1, -1);
    return withArgument(directive, 'requires', rewritten.replaceAll(/\s+/g, ' ').trim());
  }

  function complete<Node extends TypeDefinition>(node: Node): Node {
    const fields = (node.fields ?? []).flatMap((field): FieldDefinitionNode[] => {
      const place = places.get(`${node.name.value}.${nameOf(field)}`);
      if (!place) return [field];
      const made = [...place].map(([name, graphs]) => ({
        ...field,
        name: { ...field.name, value: name },
        arguments: [],
        directives: (field.directives ?? []).filter(
          (directive) =>
            isJoin(directive) && (!isExternal(directive) || graphs.has(graphOf(directive) ?? '')),
        ),
      }));
      return [withoutIdleExternals(field, node, place), ...made];
    });
    return { ...node, fields };
  }

  /** A subgraph that declares a field only to require it with arguments no longer declares it. */
  function withoutIdleExternals(
    field: FieldDefinitionNode,
    node: TypeDefinition,
    place: ReadonlyMap<string, ReadonlySet<string>>,
  ): FieldDefinitionNode {
    const isOfInterface = (node.interfaces ?? []).some(({ name }) =>
      types.get(name.value)?.fields?.some((each) => nameOf(each) === nameOf(field)),
    );
    if (isOfInterface || node.kind === Kind.INTERFACE_TYPE_DEFINITION) return field;
    const graphs = new Set([...place.values()].flatMap((each) => [...each]));
    const isIdle = (directive: ConstDirectiveNode): boolean => {
      const graph = graphOf(directive) ?? '';
      return isExternal(directive) && graphs.has(graph) && !namesField(graph, nameOf(field), types);
    };
    return { ...field, directives: (field.directives ?? []).filter((each) => !isIdle(each)) };
  }

  return { standIns, rewrite, complete };
}

/** Whether a key, a requirement without arguments or a provision of the graph names the field. */
function namesField(
  graph: string,
  field: string,
  types: ReadonlyMap<string, TypeDefinition>,
): boolean {
  const plain = new RegExp(`\\b${field}\\b(?!\\s*\\()`);
  return [...types.values()].some(({ directives = [], fields = [] }) =>
    [...directives, ...fields.flatMap((each) => each.directives ?? [])].some(
      (directive) =>
        graphOf(directive) === graph &&
        ['key', 'requires', 'provides'].some((name) =>
          plain.test(stringArgument(directive, name) ?? ''),
        ),
    ),
  );
}

/** The type itself and, of an interface, its kinds. */
function holdersOf(type: string, types: ReadonlyMap<string, TypeDefinition>): readonly string[] {
  const kinds = [...types.values()].filter(({ interfaces = [] }) =>
    interfaces.some(({ name }) => name.value === type),
  );
  return [type, ...kinds.map(nameOf)];
}

function entryOf<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = map.get(key) ?? new Map<string, Value>();
  map.set(key, known);
  return known;
}
