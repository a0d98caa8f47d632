import { createPushIterator } from '@civitas/platform/subgraph';
import { type GraphQLCompositeType, GraphQLError, type GraphQLSchema } from 'graphql';
import type { DeferredRun, RawIncrement, RawResult } from '../../types.ts';
import { newData } from '../data.ts';
import type { Execution, Step } from '../execution.ts';
import type { Shape } from '../shape/compile-shape.ts';
import { assignErrors, isOfAnswer, sortErrors } from './deferred-errors.ts';
import { createDeferredFetches } from './deferred-fetches.ts';
import type { DeferredPart } from './deferred-parts.ts';
import { type DeferredPlace, findPlaces, typeAt } from './find-places.ts';

/** How an operation that defers something is run. */
export interface CompiledDeferred {
  readonly run: Step;
  /** Of what is not deferred. */
  readonly shape: Shape;
  readonly root: GraphQLCompositeType;
  readonly parts: readonly DeferredPart[];
  /** Of a part, on an object of this type. */
  shapeOf(part: DeferredPart, type: GraphQLCompositeType): Shape;
}

interface DeferredInput extends Pick<Execution, 'variables' | 'origin'> {
  /** Puts errors at their places under the client's keys. */
  readonly show: (errors: GraphQLError[]) => GraphQLError[];
}

/**
 * Runs a plan in parts. The first result has what is not deferred; after it every fragment is
 * delivered when its fetches are answered and the fragment around it has been delivered, at all the
 * places it stands at. What is null for the client gets nothing more. Never rejects.
 */
export function runDeferred(
  schema: GraphQLSchema,
  { run, shape, root, parts, shapeOf }: CompiledDeferred,
  { variables, origin, show }: DeferredInput,
): DeferredRun {
  const fetches = createDeferredFetches();
  const execution: Execution = {
    data: newData(),
    variables,
    origin,
    errors: [],
    deferred: fetches,
  };
  const increments = createPushIterator<readonly RawIncrement[]>({ maxQueued: Infinity });
  const first = Promise.withResolvers<RawResult>();

  async function runFirst(): Promise<void> {
    await run(execution);
    const { data, errors: completionErrors } = shape(execution.data, variables);
    const [own, later] = sortErrors(show(execution.errors), (error) => isOfAnswer(error, data));
    first.resolve({ data, errors: own, completionErrors });
    if (data) {
      const answer = { path: [], fetched: execution.data, delivered: data };
      await deliverAll(parts, [answer], root, later);
    }
    increments.end();
  }

  async function deliverAll(
    some: readonly DeferredPart[],
    from: readonly DeferredPlace[],
    type: GraphQLCompositeType,
    earlier: GraphQLError[],
  ): Promise<void> {
    await Promise.all(some.map((part) => deliver(part, from, type, earlier)));
  }

  async function deliver(
    part: DeferredPart,
    from: readonly DeferredPlace[],
    type: GraphQLCompositeType,
    earlier: GraphQLError[],
  ): Promise<void> {
    const errors = show([...((await fetches.whenFetched(part.name)) ?? [])]);
    const places = findPlaces(schema, part, from, type);
    const made = assignErrors(
      places.map((place) => incrementAt(part, place)),
      errors,
      earlier,
    );
    if (made.length > 0) increments.push(made);
    const delivered = made.flatMap(({ raw: { data } }, index) =>
      data ? [{ ...(places[index] as DeferredPlace), delivered: data }] : [],
    );
    await deliverAll(part.nested, delivered, part.on.at(-1) ?? part.type, earlier);
  }

  function incrementAt(part: DeferredPart, { path, fetched }: DeferredPlace): RawIncrement {
    const type = typeAt(schema, fetched, part.type);
    const { data, errors } = shapeOf(part, type)(fetched, variables);
    const completionErrors = errors.map(
      ({ message, path: below = [] }) => new GraphQLError(message, { path: [...path, ...below] }),
    );
    return { name: part.name, path, raw: { data, errors: [], completionErrors } };
  }

  runFirst().catch((error: Error) => {
    first.reject(error);
    increments.fail(error);
  });
  return { first: first.promise, increments };
}
