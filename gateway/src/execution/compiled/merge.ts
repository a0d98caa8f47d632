import { type Data, isData, set } from './data.ts';

/** What one more answer adds to an object. */
export type Merge = (target: Data, source: Data) => void;

/**
 * Merges in place: what the target lacks is taken over as it is, objects and lists of equal length
 * are merged through. A concrete `__typename` is never replaced by the name of an interface, which
 * is all that a subgraph with an interface object knows.
 */
export function mergerFor(abstractTypes: ReadonlySet<string>): Merge {
  function merge(target: Data, source: Data): void {
    if (target === source) return;
    for (const key of Object.keys(source)) {
      const value = source[key];
      if (value === undefined) continue;
      const present = Object.hasOwn(target, key) ? target[key] : undefined;
      if (isData(value) && isData(present)) merge(present, value);
      else if (Array.isArray(value) && Array.isArray(present) && value.length === present.length) {
        mergeLists(present, value);
      } else if (
        key !== '__typename' ||
        present === undefined ||
        !abstractTypes.has(value as string)
      ) {
        set(target, key, value);
      }
    }
  }

  function mergeLists(target: unknown[], source: readonly unknown[]): void {
    for (let index = 0; index < source.length; index++) {
      const value = source[index];
      const present = target[index];
      if (isData(value) && isData(present)) merge(present, value);
      else if (Array.isArray(value) && Array.isArray(present) && value.length === present.length) {
        mergeLists(present, value);
      } else target[index] = value;
    }
  }

  return merge;
}
