import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { RawIncrement } from '../../types.ts';
import { type Data, isData, readerOf } from '../data.ts';

/** Divides errors into those that the predicate holds for and the others. */
export function sortErrors(
  errors: readonly GraphQLError[],
  isOwn: (error: GraphQLError) => boolean,
): readonly [GraphQLError[], GraphQLError[]] {
  const own: GraphQLError[] = [];
  const others: GraphQLError[] = [];
  for (const error of errors) (isOwn(error) ? own : others).push(error);
  return [own, others];
}

/**
 * Whether an error belongs to what is answered first. A fetch may bring fields along that are only
 * delivered later; what they say is told with them.
 */
export function isOfAnswer(
  { path }: Pick<GraphQLFormattedError, 'path'>,
  data: Data | null,
): boolean {
  let value: unknown = data;
  for (const step of path ?? []) {
    if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else if (isData(value) && typeof step === 'string') {
      if (!Object.hasOwn(value, step)) return false;
      value = readerOf(step)(value);
    } else return true;
  }
  return true;
}

/**
 * Tells each error with the increment it stands in, what has no place of its own with the first.
 * Takes out of `waiting` what now has its place.
 */
export function assignErrors(
  increments: readonly RawIncrement[],
  own: readonly GraphQLError[],
  waiting: GraphQLError[],
): readonly RawIncrement[] {
  const told = new Map<RawIncrement, GraphQLError[]>();
  const tell = (increment: RawIncrement | undefined, error: GraphQLError) => {
    if (increment) told.set(increment, [...(told.get(increment) ?? []), error]);
  };
  const placeOf = ({ path = [] }: GraphQLError) =>
    increments.find((each) => each.path.every((step, at) => path[at] === step));
  for (const error of own) tell(placeOf(error) ?? increments[0], error);
  for (const error of waiting.splice(0)) {
    const increment = placeOf(error);
    if (increment) tell(increment, error);
    else waiting.push(error);
  }
  if (told.size === 0) return increments;
  return increments.map((increment) => {
    const { data, completionErrors } = increment.raw;
    return { ...increment, raw: { data, errors: told.get(increment) ?? [], completionErrors } };
  });
}
