import type { FetchNode } from '@apollo/query-planner';
import type { Data } from './data.ts';
import type { EntityFetch, EntityPart } from './entity-fetch.ts';
import type { Execution } from './execution.ts';
import type { Merge } from './merge.ts';
import { compileWalk, type PlanPath } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import { compileIdentity, compileRepresentation } from './representation.ts';
import { compileRewrites } from './rewrites.ts';

interface GatherParts {
  readonly types: PossibleTypes;
  readonly merge: Merge;
}

/** Finds the objects that a fetch is for, each different entity once; undefined without any. */
export type Gather = (execution: Execution, fetch: EntityFetch) => EntityPart | undefined;

export function compileGather(
  { requires = [], inputRewrites }: FetchNode,
  path: PlanPath,
  { types, merge }: GatherParts,
): Gather {
  const pick = compileRepresentation(requires, types, merge);
  const rewrite = compileRewrites(inputRewrites, types);
  const identify = compileIdentity(requires, types);
  const walk = compileWalk(path);

  const representationOf = (data: Data): Data | undefined => {
    const representation = pick(data);
    if (!representation?.['__typename']) return undefined;
    rewrite?.(representation);
    return representation;
  };

  return (execution, fetch) => {
    const found: Data[] = [];
    walk(execution.data, found);
    if (found.length === 0) return undefined;
    const texts: string[] = [];
    const firsts: Data[] = [];
    const known = new Map<unknown, number>();
    const indices: number[] = new Array(found.length);
    for (let at = 0; at < found.length; at++) {
      const data = found[at] as Data;
      const identity = identify?.(data);
      const same = identity === undefined ? undefined : known.get(identity);
      indices[at] = same ?? -1;
      if (same !== undefined || (identify && identity === undefined)) continue;
      const representation = representationOf(data);
      if (!representation) continue;
      const text = JSON.stringify(representation);
      const name = identity ?? text;
      const index = known.get(name);
      indices[at] = index ?? texts.length;
      if (index !== undefined) continue;
      known.set(name, texts.length);
      texts.push(text);
      firsts.push(data);
    }
    if (texts.length === 0) return undefined;
    const represent = () => firsts.map((data) => representationOf(data) as Data);
    return { fetch, execution, found, indices, texts, represent };
  };
}
