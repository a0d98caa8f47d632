import type { Data } from '../data.ts';
import type { EntityPlaces } from '../entity-places.ts';
import type { PossibleTypes } from '../possible-types.ts';
import { compileIdentity } from '../representation.ts';

/** A place of an answer above those of entities, lists seen through. */
export interface AnswerPlace {
  /** Where entities are completed later: whether an object is one, its key included. */
  readonly isEntity?: ((data: Data) => boolean) | undefined;
  /** By response key; what leads to no entities is not there. */
  readonly below: ReadonlyMap<string, AnswerPlace>;
}

interface GrowingPlace extends AnswerPlace {
  isEntity?: AnswerPlace['isEntity'];
  readonly below: Map<string, GrowingPlace>;
}

/** Finds where entities stand in what is fetched for a place of the response; undefined if nowhere. */
export type PlacesBelow = (place: string) => AnswerPlace | undefined;

/** Compiles what a plan says of the answers to its fetches. */
export function compilePlacesBelow(entities: EntityPlaces, types: PossibleTypes): PlacesBelow {
  return (place) => {
    const root: GrowingPlace = { below: new Map() };
    for (const [key, fetches] of entities) {
      if (key.length <= place.length || !key.startsWith(place)) continue;
      const identities = fetches.flatMap(
        ({ requires = [] }) => compileIdentity(requires, types) ?? [],
      );
      if (identities.length === 0) continue;
      let at = root;
      for (const step of key.slice(place.length, -1).split('.')) {
        const next: GrowingPlace = at.below.get(step) ?? { below: new Map() };
        at.below.set(step, next);
        at = next;
      }
      at.isEntity = (data) => identities.some((identify) => identify(data) !== undefined);
    }
    return root.below.size > 0 ? root : undefined;
  };
}

/** A place with these below it, by response key; undefined when nothing leads to entities. */
export function placeAbove(
  below: Iterable<readonly [string, AnswerPlace | undefined]>,
): AnswerPlace | undefined {
  const known = new Map<string, AnswerPlace>();
  for (const [key, place] of below) if (place) known.set(key, place);
  return known.size > 0 ? { below: known } : undefined;
}
