import type { FetchNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import type { WithStandIns } from '../../supergraph/argument-stand-ins.ts';
import { requiredFields } from './required-selections.ts';

/** A part of a fetch, and what the other parts of it require. */
interface FetchPart {
  readonly part: FetchNode;
  readonly needless: ReadonlySet<string>;
}

/** Which fields of an entity a part asks for. */
type Keeps = (type: string | undefined, field: string) => boolean;

/**
 * Divides the fields that a fetch asks of entities so that no two of one part require the same field
 * with different arguments. One part, the fetch as it is, when nothing does.
 */
export function splitByNeeds(
  node: FetchNode,
  { standIns, needs }: WithStandIns,
): readonly FetchPart[] {
  const required = new Set(
    requiredFields(node.requires ?? []).filter((name) => standIns.has(name)),
  );
  const meant = new Set([...required].map((name) => standIns.get(name)?.field));
  if (meant.size === required.size) return [{ part: node, needless: new Set() }];

  const needsHere = needs.get(node.serviceName) ?? new Map<string, ReadonlySet<string>>();
  const needsOf = (type: string | undefined, field: string): ReadonlySet<string> => {
    const exact = needsHere.get(`${type}.${field}`);
    if (exact) return exact;
    // Asked on an interface: what any kind of it needs.
    const any = [...needsHere].filter(([place]) => place.endsWith(`.${field}`));
    return new Set(any.flatMap(([, names]) => [...names]));
  };

  const document = parse(node.operation, { noLocation: true });
  const parts: { readonly fields: Set<string>; readonly names: Set<string> }[] = [];
  eachEntityField(document, (type, field) => {
    const names = [...needsOf(type, field)];
    const fits = (each: (typeof parts)[number]): boolean =>
      names.every((name) =>
        [...each.names].every(
          (other) => other === name || standIns.get(other)?.field !== standIns.get(name)?.field,
        ),
      );
    const part = parts.find(fits) ?? { fields: new Set(), names: new Set() };
    if (part.fields.size === 0) parts.push(part);
    part.fields.add(`${type}.${field}`);
    for (const name of names) part.names.add(name);
  });
  return parts.map(({ fields, names }) => ({
    part: keepFields(node, document, (type, field) => fields.has(`${type}.${field}`)),
    needless: new Set([...required].filter((name) => !names.has(name))),
  }));
}

function entitySelection(document: DocumentNode): SelectionSetNode | undefined {
  const operation = document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  const entities = operation?.selectionSet.selections[0];
  return entities?.kind === Kind.FIELD ? entities.selectionSet : undefined;
}

function eachEntityField(
  document: DocumentNode,
  see: (type: string | undefined, field: string) => void,
): void {
  const walk = ({ selections }: SelectionSetNode, type: string | undefined): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value !== '__typename') see(type, selection.name.value);
        continue;
      }
      const inside = inlined(selection, document);
      if (inside) walk(inside.selectionSet, inside.typeCondition?.name.value ?? type);
    }
  };
  const entities = entitySelection(document);
  if (entities) walk(entities, undefined);
}

function keepFields(node: FetchNode, document: DocumentNode, keeps: Keeps): FetchNode {
  const filter = (set: SelectionSetNode, type: string | undefined): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FIELD) {
        const isKept = selection.name.value === '__typename' || keeps(type, selection.name.value);
        return isKept ? [selection] : [];
      }
      const inside = inlined(selection, document);
      if (!inside) return [];
      const kept = filter(inside.selectionSet, inside.typeCondition?.name.value ?? type);
      if (kept.selections.length === 0) return [];
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(inside.typeCondition && { typeCondition: inside.typeCondition }),
          ...(selection.directives && { directives: selection.directives }),
          selectionSet: kept,
        },
      ];
    }),
  });
  const entities = entitySelection(document);
  const whole = visit(document, {
    Field: (field): FieldNode | undefined =>
      entities && field.selectionSet === entities
        ? { ...field, selectionSet: filter(entities, undefined) }
        : undefined,
  });
  return withUsedVariables(node, withUsedFragments(whole));
}

function inlined(selection: Exclude<SelectionNode, FieldNode>, { definitions }: DocumentNode) {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
  return definitions.find(
    (each): each is FragmentDefinitionNode =>
      each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
  );
}

function withUsedFragments(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void used.add(name.value) });
  const definitions = document.definitions.filter(
    (each) => each.kind !== Kind.FRAGMENT_DEFINITION || used.has(each.name.value),
  );
  if (definitions.length === document.definitions.length) return document;
  return withUsedFragments({ ...document, definitions });
}

function withUsedVariables(node: FetchNode, document: DocumentNode): FetchNode {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const trimmed = visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
  return {
    ...node,
    operation: stripIgnoredCharacters(print(trimmed)),
    variableUsages: (node.variableUsages ?? []).filter((name) => used.has(name)),
  };
}
