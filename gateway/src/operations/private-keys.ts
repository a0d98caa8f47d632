import { type FieldNode, Kind, print, visit } from 'graphql';
import type { PlanNames } from '../supergraph/plan-names.ts';
import type { OperationBody } from './prepared-document.ts';

/** Under which keys the fields of an operation are fetched, where these are not the client's own. */
export interface PrivateKeys {
  /** The key under which the data of a selected field is. */
  fetchedAs(node: FieldNode): string;
  /** The client's name for a key of fetched data. */
  shownAs(key: string): string;
  /** True when no key differs. */
  readonly isEmpty: boolean;
}

export const NO_PRIVATE_KEYS: PrivateKeys = {
  fetchedAs: keyOf,
  shownAs: (key) => key,
  isEmpty: true,
};

/** Keys that the planner makes up itself, for fields that do not merge in one fetch. */
const PLANNER_ALIAS = /__alias_\d+$/;

/**
 * Chooses keys of our own for fields whose key may mean another field, or the same with other
 * arguments, somewhere in the plan.
 *
 * All answers about an object are merged by key. Within one selection set validation keeps keys
 * apart; but a plan adds fields to it, namely keys and required fields under their own names, and
 * asks interfaces as a whole where the operation asks each of their kinds. So a key is not safe when
 * it is an alias that is also the name of a field, when its field takes arguments and is required
 * somewhere, or when the operation has it for more than one field or set of arguments. Everything
 * else keeps its key: most operations have nothing to hide.
 */
export function choosePrivateKeys(body: OperationBody, names: PlanNames): PrivateKeys {
  const uses = new Map<string, Map<string, boolean>>();
  eachField(body, (node) => {
    const { value: field } = node.name;
    const key = keyOf(node);
    if (field.startsWith('__') && field !== '__typename') return;
    const known = uses.get(key) ?? new Map<string, boolean>();
    uses.set(key, known);
    known.set(meaningOf(node), mayMeanAnother(node, key, names));
  });

  const chosen = new Map<string, Map<string, string>>();
  const shown = new Map<string, string>();
  for (const [key, meanings] of uses) {
    let isFirst = true;
    for (const [meaning, isUnsafe] of meanings) {
      const keeps = isFirst && !isUnsafe;
      isFirst = false;
      if (keeps) continue;
      let count = 1;
      let made = `${key}_${count}`;
      while (uses.has(made) || shown.has(made) || names.fields.has(made)) {
        count += 1;
        made = `${key}_${count}`;
      }
      shown.set(made, key);
      chosen.set(key, (chosen.get(key) ?? new Map<string, string>()).set(meaning, made));
    }
  }
  if (shown.size === 0) return NO_PRIVATE_KEYS;
  return {
    fetchedAs: (node) => {
      const key = keyOf(node);
      return chosen.get(key)?.get(meaningOf(node)) ?? key;
    },
    shownAs: (key) => shown.get(key) ?? key,
    isEmpty: false,
  };
}

/** The operation as it is planned: its fields under the keys they are fetched by. */
export function underPrivateKeys(body: OperationBody, keys: PrivateKeys): OperationBody {
  if (keys.isEmpty) return body;
  const visitor = {
    Field: {
      enter: (node: FieldNode): FieldNode | undefined => {
        const key = keys.fetchedAs(node);
        if (key === keyOf(node)) return undefined;
        return { ...node, alias: { kind: Kind.NAME, value: key } };
      },
    },
  };
  const fragments = Object.entries(body.fragments).map(
    ([name, fragment]) => [name, visit(fragment, visitor)] as const,
  );
  return { node: visit(body.node, visitor), fragments: Object.fromEntries(fragments) };
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

/** Equal for fields that may be merged: the order of arguments does not matter. */
function meaningOf({ name, arguments: given = [] }: FieldNode): string {
  if (given.length === 0) return name.value;
  return `${name.value}(${given.map(print).sort().join()})`;
}

function mayMeanAnother(node: FieldNode, key: string, names: PlanNames): boolean {
  const field = node.name.value;
  if (key !== field) {
    return names.fields.has(key) || key === '__typename' || PLANNER_ALIAS.test(key);
  }
  return (node.arguments ?? []).length > 0 && names.required.has(field);
}

function eachField({ node, fragments }: OperationBody, see: (field: FieldNode) => void): void {
  const visitor = { Field: (field: FieldNode) => see(field) };
  visit(node, visitor);
  for (const fragment of Object.values(fragments)) visit(fragment, visitor);
}
