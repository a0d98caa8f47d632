import type { GuardedField } from './guarded-fields.ts';

type Path = readonly (string | number)[];

/** One list can hold thousands of denied fields; a client learns the same from the first ones. */
const MAX_PLACES = 100;

/**
 * Where denied fields stand in a finished response: one path per place, with list indices, 100
 * at most. A field that cannot be null has taken what is around it along; its place is then where
 * the null stopped.
 */
export function placesOfDenied(data: unknown, denied: readonly GuardedField[]): readonly Path[] {
  const places: Path[] = [];
  for (const { path, nonNull } of denied) {
    // When everything became null there is no place left to name, only the field.
    if (data === null) places.push(path);
    else collect(data, path, [], nonNull, places);
  }
  return places;
}

function collect(value: unknown, rest: Path, above: Path, nonNull: boolean, places: Path[]): void {
  if (places.length >= MAX_PLACES) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      collect(item, rest, [...above, index], nonNull, places);
    }
    return;
  }
  const [key, ...below] = rest;
  if (value === null || key === undefined) {
    if (value === null && (rest.length === 0 || nonNull)) places.push(above);
    return;
  }
  if (typeof value !== 'object' || !Object.hasOwn(value, key)) return;
  collect(
    (value as Record<string, unknown>)[key as string],
    below,
    [...above, key],
    nonNull,
    places,
  );
}
