import type { FetchDataRewrite } from '@apollo/query-planner';
import { type Data, isData, readerOf, set } from './data.ts';
import type { PossibleTypes } from './possible-types.ts';

/** Changes one object in place, and what is below it. */
export type Rewrite = (value: unknown) => void;

const FRAGMENT = '... on ';

/** Compiles a fetch's rewrites; undefined when there are none. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[] | undefined,
  types: PossibleTypes,
): Rewrite | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  return (value) => {
    for (const each of compiled) each(value);
  };
}

function compileRewrite(rewrite: FetchDataRewrite, types: PossibleTypes): Rewrite {
  const key = rewrite.path.at(-1) ?? '';
  let step: Rewrite = onEach(
    rewrite.kind === 'ValueSetter'
      ? (data) => set(data, key, rewrite.setValueTo)
      : renameKey(key, rewrite.renameKeyTo),
  );
  for (const element of rewrite.path.slice(0, -1).reverse())
    step = onEach(below(element, step, types));
  return step;
}

function renameKey(from: string, to: string): (data: Data) => void {
  const read = readerOf(from);
  return (data) => {
    const value = read(data);
    if (value === undefined) return;
    set(data, to, value);
    set(data, from, undefined);
  };
}

function below(element: string, next: Rewrite, types: PossibleTypes): (data: Data) => void {
  if (!element.startsWith(FRAGMENT)) {
    const read = readerOf(element);
    return (data) => next(read(data));
  }
  const condition = element.slice(FRAGMENT.length);
  return (data) => {
    const type = data['__typename'];
    // An object whose type was not asked for is of the only type it can be.
    if (typeof type !== 'string' || types.fits(type, condition)) next(data);
  };
}

function onEach(change: (data: Data) => void): Rewrite {
  const apply: Rewrite = (value) => {
    if (Array.isArray(value)) for (const item of value) apply(item);
    else if (isData(value)) change(value);
  };
  return apply;
}
