import type { FetchNode } from '@apollo/query-planner';
import { type Data, isData, newData, readerOf, set } from './data.ts';
import type { Merge } from './merge.ts';
import type { PossibleTypes } from './possible-types.ts';
import { writeText } from './shape/write-leaf.ts';

type Selections = NonNullable<FetchNode['requires']>;

/** Picks what a subgraph needs to know an entity; undefined when the object lacks it. */
export type Represent = (data: Data) => Data | undefined;

/** Fills `into`; false when a field is missing. */
type Pick = (data: Data, into: Data) => boolean;

/** Compiles the `requires` of a fetch. */
export function compileRepresentation(
  selections: Selections,
  types: PossibleTypes,
  merge: Merge,
): Represent {
  const picks = selections.map((selection): Pick => {
    if (selection.kind === 'Field') {
      return pickField(selection.alias ?? selection.name, selection.selections, types, merge);
    }
    const { typeCondition } = selection;
    // The planner names the type of every fragment it requires.
    if (typeCondition === undefined) return () => true;
    return pickFragment(
      typeCondition,
      compileRepresentation(selection.selections, types, merge),
      types,
      merge,
    );
  });
  return (data) => {
    const into = newData();
    for (let index = 0; index < picks.length; index++) {
      if (!(picks[index] as Pick)(data, into)) return undefined;
    }
    return into;
  };
}

/** Names an entity among those of one fetch; undefined when the object lacks what is required. */
export type Identify = (data: Data) => string | undefined;

/**
 * Compiles the cheap way to see that two objects are the same entity: for a `requires` of one type
 * and plain fields, as nearly all are. Undefined for others, whose representations are compared.
 */
export function compileIdentity(
  selections: Selections,
  types: PossibleTypes,
): Identify | undefined {
  const plain = plainRequires(selections);
  if (!plain) return undefined;
  const { typeCondition, keys } = plain;
  const readers = keys.map(readerOf);
  return (data) => {
    const type = data['__typename'];
    if (typeof type !== 'string' || !types.fits(type, typeCondition)) return undefined;
    let identity = '';
    for (let index = 0; index < readers.length; index++) {
      const value = (readers[index] as (data: Data) => unknown)(data);
      if (value === undefined) return undefined;
      // With its length in front, no text can look like the end of one and the start of another.
      if (typeof value === 'string') identity += `${value.length}"${value}`;
      else identity += `${JSON.stringify(value)},`;
    }
    return identity;
  };
}

/**
 * Compiles the representation as JSON straight from the object, where `compileIdentity` does: the text
 * of the representation, always.
 */
export function compileRepresentationText(
  selections: Selections,
  types: PossibleTypes,
): ((data: Data) => string | undefined) | undefined {
  const plain = plainRequires(selections);
  if (!plain?.keys.includes('__typename')) return undefined;
  const { typeCondition, keys } = plain;
  const fields = keys.map((key, index) => ({
    start: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`,
    read: readerOf(key),
  }));
  return (data) => {
    const type = data['__typename'];
    if (typeof type !== 'string' || !types.fits(type, typeCondition)) return undefined;
    let text = '';
    for (const { start, read } of fields) {
      const value = read(data);
      if (value === undefined) return undefined;
      text += start + (typeof value === 'string' ? writeText(value) : JSON.stringify(value));
    }
    return `${text}}`;
  };
}

/** A `requires` of one type and plain fields. */
function plainRequires(
  selections: Selections,
): { readonly typeCondition: string; readonly keys: readonly string[] } | undefined {
  const [only, ...others] = selections;
  if (only?.kind !== 'InlineFragment' || others.length > 0 || !only.typeCondition) return undefined;
  const keys: string[] = [];
  for (const field of only.selections) {
    if (field.kind !== 'Field' || field.selections) return undefined;
    keys.push(field.alias ?? field.name);
  }
  return { typeCondition: only.typeCondition, keys };
}

function pickField(
  key: string,
  selections: Selections | undefined,
  types: PossibleTypes,
  merge: Merge,
): Pick {
  const read = readerOf(key);
  if (!selections) {
    return (data, into) => {
      const value = read(data);
      if (value === undefined) return false;
      set(into, key, value);
      return true;
    };
  }
  const represent = compileRepresentation(selections, types, merge);
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return isData(value) ? (represent(value) ?? null) : value;
  };
  return (data, into) => {
    const value = read(data);
    if (value === undefined) return false;
    set(into, key, convert(value));
    return true;
  };
}

function pickFragment(
  condition: string,
  represent: Represent,
  types: PossibleTypes,
  merge: Merge,
): Pick {
  return (data, into) => {
    const type = data['__typename'];
    if (typeof type !== 'string' || !types.fits(type, condition)) return true;
    const picked = represent(data);
    if (picked) merge(into, picked);
    return true;
  };
}
