import type { FetchNode } from '@apollo/query-planner';
import type { Data } from './data.ts';
import type { EntityFetch, EntityPart } from './entity-fetch.ts';
import type { Execution } from './execution.ts';
import { compileFind, placeKey, type Visit } from './find-objects.ts';
import { isSame } from './is-same.ts';
import type { Merge } from './merge.ts';
import type { PlanPath } from './places.ts';
import type { PossibleTypes } from './possible-types.ts';
import {
  compileIdentity,
  compileRepresentation,
  compileRepresentationText,
} from './representation.ts';
import { compileRewrites } from './rewrites.ts';

interface GatherParts {
  readonly types: PossibleTypes;
  readonly merge: Merge;
}

/** Finds the objects that a fetch is for, each different entity once; undefined without any. */
export type Gather = (execution: Execution, fetch: EntityFetch) => EntityPart | undefined;

/**
 * Objects at the same place of a response that say the same become one object: all that the plan
 * fetches for one of them it would fetch for the others. So an entity that stands at a hundred places
 * is completed once, what is below it is walked once, and its text is written once.
 */
export function compileGather(
  { requires = [], inputRewrites }: FetchNode,
  path: PlanPath,
  { types, merge }: GatherParts,
): Gather {
  const pick = compileRepresentation(requires, types, merge);
  const rewrite = compileRewrites(inputRewrites, types);
  const identify = compileIdentity(requires, types);
  const write = rewrite ? undefined : compileRepresentationText(requires, types);
  const find = compileFind(path);
  const place = placeKey(path);

  const representationOf = (data: Data): Data | undefined => {
    const representation = pick(data);
    if (!representation?.['__typename']) return undefined;
    rewrite?.(representation);
    return representation;
  };

  return (execution, fetch) => {
    const found: Data[] = [];
    const indices: number[] = [];
    const texts: string[] = [];
    const firsts: Data[] = [];
    const known = new Map<string, number>();
    // What is deferred knows its places by walking the data itself.
    const shares = !execution.deferred;

    const visit: Visit = (data, holder, key) => {
      const identity = identify?.(data);
      const text = identity === undefined && !identify ? textOf(data) : undefined;
      const name = identity ?? text;
      let index = name === undefined ? -1 : known.get(name);
      if (index === undefined) {
        index = addEntity(data, text ?? textOf(data), name as string);
      } else if (index >= 0 && shares) {
        const first = firsts[index] as Data;
        if (first === data) return;
        if (holder && isSame(first, data)) {
          (holder as Record<string | number, unknown>)[key] = first;
          return;
        }
      }
      found.push(data);
      indices.push(index);
    };

    function addEntity(data: Data, text: string | undefined, name: string): number {
      if (text === undefined) return -1;
      known.set(name, texts.length);
      firsts.push(data);
      return texts.push(text) - 1;
    }

    const textOf = (data: Data): string | undefined => {
      if (write) return write(data);
      const representation = representationOf(data);
      return representation && JSON.stringify(representation);
    };

    find(execution.data, shares ? execution.found : undefined, visit);
    if (shares && found.length > 0) {
      execution.found ??= new Map();
      execution.found.set(place, found);
    }
    if (texts.length === 0) return undefined;
    const represent = () => firsts.map((data) => representationOf(data) as Data);
    return { fetch, execution, found, indices, texts, represent };
  };
}
