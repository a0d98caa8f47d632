import { type Data, isData, readerOf } from './data.ts';
import type { PlanPath } from './places.ts';

/** The different objects that a run has found at the places of a plan, by `placeKey`. */
export type FoundObjects = Map<string, readonly Data[]>;

/** Where an object stands: `holder[key]` is the object. */
export type Visit = (
  object: Data,
  holder: Data | unknown[] | undefined,
  key: string | number,
) => void;

/** Visits the objects at a path; those of a longer way already known are where it starts. */
export type FindObjects = (root: Data, known: FoundObjects | undefined, visit: Visit) => void;

type Walk = (
  value: unknown,
  visit: Visit,
  holder: Data | unknown[] | undefined,
  key: string | number,
) => void;

/** The name of a path's places: lists are seen through, as response keys are. */
export function placeKey(path: PlanPath): string {
  let key = '';
  for (const step of path) if (step !== '@') key += `${step}.`;
  return key;
}

/** Compiles a walk to the objects at a path, lists flattened, nulls left out. */
export function compileFind(path: PlanPath): FindObjects {
  const whole = walkAlong(path);
  const starts = path.flatMap((step, index) => {
    const isPlace = path[index + 1] !== '@';
    const rest = path.slice(index + 1);
    return isPlace
      ? [{ key: placeKey(path.slice(0, index + 1)), walk: walkAlong(rest), step }]
      : [];
  });
  starts.reverse();
  return (root, known, visit) => {
    if (known && known.size > 0) {
      for (const { key, walk } of starts) {
        const objects = known.get(key);
        if (!objects) continue;
        for (const object of objects) walk(object, visit, undefined, '');
        return;
      }
    }
    whole(root, visit, undefined, '');
  };
}

/** Forgets what was found below a place, where an answer may have put other objects. */
export function forgetBelow(found: FoundObjects | undefined, place: string): void {
  if (!found) return;
  for (const key of found.keys()) {
    if (key.length > place.length && key.startsWith(place)) found.delete(key);
  }
}

function walkAlong(path: PlanPath): Walk {
  let walk: Walk = collect;
  for (const step of path.toReversed()) {
    walk = step === '@' ? eachItem(walk) : intoKey(String(step), walk);
  }
  return walk;
}

const collect: Walk = (value, visit, holder, key) => {
  if (isData(value)) visit(value, holder, key);
  else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) collect(value[index], visit, value, index);
  }
};

function eachItem(next: Walk): Walk {
  return (value, visit) => {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index++) next(value[index], visit, value, index);
  };
}

function intoKey(key: string, next: Walk): Walk {
  const read = readerOf(key);
  return (value, visit) => {
    if (!isData(value)) return;
    const below = read(value);
    if (below !== null && below !== undefined) next(below, visit, value, key);
  };
}
