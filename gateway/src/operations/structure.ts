import { CivitasError } from '@civitas/platform/errors';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { OperationLimits } from './limits.ts';

interface Size {
  /** Levels of fields below and including this one. */
  depth: number;
  fields: number;
  aliases: number;
  directives: number;
  /** Fields directly at this level, through fragments. */
  width: number;
}

/**
 * Refuses a document that is larger than the limits, in time linear in its tokens: every fragment
 * is measured once, and its size added where it is spread. A 1 kB document of nested fragments
 * can stand for 2^50 fields; here that is one number.
 *
 * A cycle of fragments counts once; validation reports it.
 * @throws CivitasError `OPERATION_TOO_LARGE` with `limit`, `maximum` and `actual`.
 */
export function checkStructure(document: DocumentNode, limits: OperationLimits): void {
  refuseAbove('maxDefinitions', document.definitions.length, limits);
  const measure = measurer(document, limits);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure(definition.selectionSet);
    refuseAbove('maxDepth', size.depth, limits);
    refuseAbove('maxFields', size.fields, limits);
    refuseAbove('maxAliases', size.aliases, limits);
    refuseAbove('maxDirectives', size.directives + (definition.directives?.length ?? 0), limits);
    refuseAbove('maxRootFields', size.width, limits);
  }
}

function measurer(
  document: DocumentNode,
  limits: OperationLimits,
): (set: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Size>();

  function ofFragment(name: string): Size {
    const known = measured.get(name);
    if (known) return known;
    // Also the answer inside a cycle.
    measured.set(name, nothing());
    const fragment = fragments.get(name);
    const size = fragment ? measure(fragment.selectionSet) : nothing();
    measured.set(name, size);
    return size;
  }

  function measure(set: SelectionSetNode): Size {
    const total = nothing();
    for (const selection of set.selections) {
      total.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? measure(selection.selectionSet) : nothing();
        for (const argument of selection.arguments ?? []) checkValue(argument.value, limits);
        add(total, below);
        total.depth = Math.max(total.depth, below.depth + 1);
        total.fields += 1;
        total.aliases += selection.alias ? 1 : 0;
        total.width += 1;
        continue;
      }
      const inside =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : measure(selection.selectionSet);
      add(total, inside);
      total.depth = Math.max(total.depth, inside.depth);
      total.width += inside.width;
    }
    return total;
  }

  return measure;
}

function nothing(): Size {
  return { depth: 0, fields: 0, aliases: 0, directives: 0, width: 0 };
}

function add(total: Size, part: Size): void {
  total.fields += part.fields;
  total.aliases += part.aliases;
  total.directives += part.directives;
}

function checkValue(value: ValueNode, limits: OperationLimits, depth = 0): void {
  refuseAbove('maxDepth', depth, limits);
  if (value.kind === Kind.LIST)
    for (const item of value.values) checkValue(item, limits, depth + 1);
  if (value.kind === Kind.OBJECT) {
    for (const field of value.fields) checkValue(field.value, limits, depth + 1);
  }
}

function refuseAbove(limit: keyof OperationLimits, actual: number, limits: OperationLimits): void {
  if (actual <= limits[limit]) return;
  throw new CivitasError('OPERATION_TOO_LARGE', {
    details: { limit, maximum: limits[limit], actual },
  });
}
