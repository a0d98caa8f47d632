import type { GuardedField } from './guarded-fields.ts';
import { markedKey } from './without-denied.ts';

type Path = readonly (string | number)[];

/** One list can hold thousands of denied fields; a client learns the same from the first ones. */
const MAX_PLACES = 100;

/**
 * Gives denied fields their own key back in a response that was shaped with marked ones, and says
 * where they stand: one path per place, with list indices, the first 100. A field that cannot be
 * null has taken what is around it along; its place is then where the null stopped.
 */
export function unmarkDenied(data: unknown, denied: readonly GuardedField[]): readonly Path[] {
  const places: Path[] = [];
  for (const { path, nonNull } of denied) {
    // When everything became null there is no place left to name, only the field.
    if (data === null) places.push(path);
    else unmark(data, path, [], nonNull, places);
  }
  return places.slice(0, MAX_PLACES);
}

function unmark(value: unknown, rest: Path, above: Path, nonNull: boolean, places: Path[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      unmark(item, rest, [...above, index], nonNull, places);
    }
    return;
  }
  if (value === null && nonNull) places.push(above);
  if (typeof value !== 'object' || value === null) return;
  const [key, ...below] = rest as readonly string[];
  if (key === undefined) return;
  if (below.length > 0) {
    if (Object.hasOwn(value, key)) {
      unmark((value as Record<string, unknown>)[key], below, [...above, key], nonNull, places);
    }
    return;
  }
  if (!Object.hasOwn(value, markedKey(key))) return;
  renameKey(value as Record<string, unknown>, markedKey(key), key);
  places.push([...above, key]);
}

/** In place and in order: a response lists its keys as the operation does. */
function renameKey(object: Record<string, unknown>, from: string, to: string): void {
  const entries = Object.entries(object);
  for (const [key] of entries) delete object[key];
  for (const [key, value] of entries) object[key === from ? to : key] = value;
}
