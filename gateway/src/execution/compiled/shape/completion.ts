import { GraphQLError } from 'graphql';

/** One completion of a response: where it is now, and what did not fit. */
export interface Completion {
  readonly path: (string | number)[];
  readonly errors: GraphQLError[];
}

/** In the place of a value that may not be null and is: makes null what is around it. */
export const INVALID = Symbol('invalid');

/** Makes a subgraph's value a value of the response. */
export type Complete = (value: unknown, completion: Completion) => unknown;

export function misfit(completion: Completion, message: string): null {
  completion.errors.push(new GraphQLError(message, { path: [...completion.path] }));
  return null;
}

/** What the errors call the place a completion is at. */
export function placeName({ path }: Completion, type: string, parent: string): string {
  const last = path.at(-1);
  return typeof last === 'number'
    ? `array element of type ${type} at index ${last}`
    : `field ${parent}.${last}`;
}
