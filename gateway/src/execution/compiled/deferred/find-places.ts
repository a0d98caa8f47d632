import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { type Data, isData, readerOf } from '../data.ts';
import type { DeferredPart, DeferredStep } from './deferred-parts.ts';

/** An object that a deferred fragment completes. */
export interface DeferredPlace {
  /** In the whole response, with list indices. */
  readonly path: readonly (string | number)[];
  readonly fetched: Data;
  /** What the client has of it already. */
  readonly delivered: Data;
}

/**
 * The objects a part belongs to, in the client's order. A place that the client has got as null, or
 * whose type does not fit the fragment, is none.
 */
export function findPlaces(
  schema: GraphQLSchema,
  part: DeferredPart,
  from: readonly DeferredPlace[],
  root: GraphQLCompositeType,
): readonly DeferredPlace[] {
  const places: DeferredPlace[] = [];

  function descend(place: DeferredPlace, depth: number, type: GraphQLCompositeType): void {
    const step = part.steps[depth];
    const on = step?.on ?? part.on;
    if (!on.every((each) => fits(schema, place.fetched, type, each))) return;
    if (!step) return void places.push(place);
    const path = [...place.path, step.key];
    const fetched = readerOf(step.fetchedAs)(place.fetched);
    enter(fetched, readerOf(step.key)(place.delivered), path, depth + 1, step);
  }

  function enter(
    fetched: unknown,
    delivered: unknown,
    path: DeferredPlace['path'],
    depth: number,
    step: DeferredStep,
  ): void {
    if (Array.isArray(fetched) && Array.isArray(delivered)) {
      for (let index = 0; index < delivered.length; index++) {
        enter(fetched[index], delivered[index], [...path, index], depth, step);
      }
    } else if (isData(fetched) && isData(delivered)) {
      descend({ path, fetched, delivered }, depth, step.type);
    }
  }

  for (const place of from) descend(place, 0, root);
  return places;
}

/** The type an object says it is of, else the one its place has. */
export function typeAt(
  schema: GraphQLSchema,
  { __typename: name }: Data,
  declared: GraphQLCompositeType,
): GraphQLCompositeType {
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  return isCompositeType(type) ? type : declared;
}

function fits(
  schema: GraphQLSchema,
  data: Data,
  declared: GraphQLCompositeType,
  wanted: GraphQLCompositeType,
): boolean {
  const type = typeAt(schema, data, declared);
  if (type === wanted) return true;
  return isAbstractType(wanted) && isObjectType(type) && schema.isSubType(wanted, type);
}
