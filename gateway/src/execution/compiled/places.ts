import { type Data, isData, readerOf } from './data.ts';

/** The steps from the root of a response to the objects a fetch is for; `@` is every list item. */
export type PlanPath = readonly (string | number)[];

type Walk = (value: unknown, found: Data[]) => void;

/** Compiles a walk that collects the objects at a path, lists flattened, nulls left out. */
export function compileWalk(path: PlanPath): Walk {
  let walk: Walk = (value, found) => collect(value, found);
  for (const step of path.toReversed())
    walk = step === '@' ? eachItem(walk) : intoKey(String(step), walk);
  return walk;
}

function collect(value: unknown, found: Data[]): void {
  if (isData(value)) found.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
}

function eachItem(next: Walk): Walk {
  return (value, found) => {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index++) next(value[index], found);
  };
}

function intoKey(key: string, next: Walk): Walk {
  const read = readerOf(key);
  return (value, found) => {
    if (isData(value)) {
      const below = read(value);
      if (below !== null && below !== undefined) next(below, found);
    }
  };
}

/**
 * The places of these objects among what `compileWalk` finds, with list indices. Only needed when
 * something went wrong.
 */
export function placesAt(
  data: unknown,
  path: PlanPath,
  objects: ReadonlySet<Data>,
): readonly PlanPath[] {
  const places: PlanPath[] = [];
  const visit = (value: unknown, rest: PlanPath, here: PlanPath): void => {
    if (value === null || value === undefined) return;
    const [step, ...below] = rest;
    if (Array.isArray(value)) {
      if (step !== '@' && step !== undefined) return;
      for (const [index, item] of value.entries()) visit(item, below, [...here, index]);
    } else if (step === undefined) {
      if (isData(value) && objects.has(value)) places.push(here);
    } else if (step !== '@' && isData(value)) {
      visit(readerOf(String(step))(value), below, [...here, step]);
    }
  };
  visit(data, path, []);
  return places;
}

/** The part of a path that is one place: up to the first list. */
export function beforeLists(path: PlanPath): PlanPath {
  const list = path.indexOf('@');
  return list < 0 ? path : path.slice(0, list);
}
