import type { FormattedExecutionResult } from 'graphql';

const cursors = new WeakMap<object, (event: never) => string>();

/**
 * Says that a source can be gone on with: who was cut off after an event subscribes again, with the same
 * arguments and the event's cursor in `ctx.resumeAfter`, and the source goes on with the next event. The
 * gateway does this by itself when it loses the connection; a source that is not resumable ends then with
 * `SUBGRAPH_UNAVAILABLE`, because events may be missing.
 *
 * @param cursorOf any text that means something to the source alone; the shorter, the better.
 * @returns the same source.
 */
export function resumable<Event, Source extends AsyncIterable<Event>>(
  source: Source,
  cursorOf: (event: Event) => string,
): Source {
  cursors.set(source, cursorOf);
  return source;
}

/** What gives the cursor of an event, when its source is resumable. */
export function cursorsOf(source: object): ((event: unknown) => string) | undefined {
  return cursors.get(source) as ((event: unknown) => string) | undefined;
}

const fromNow = new WeakSet<object>();

/**
 * Says that a source begins with nothing and tells what happens from now on. Whoever asks for the same
 * later can be told the same from then on, so the gateway gives all of them one source; and after a loss
 * it is started again, with {@link FROM_NOW_ON} in `ctx.resumeAfter`: the source then has to begin with
 * an event which says that others may have been missed.
 *
 * @returns the same source.
 */
export function fromNowOn<Source extends AsyncIterable<unknown>>(source: Source): Source {
  fromNow.add(source);
  return source;
}

export const FROM_NOW_ON = 'now';

export function isFromNowOn(source: object): boolean {
  return fromNow.has(source);
}

/** What a subgraph says before the events of a source that is {@link fromNowOn}; no client sees it. */
export const OPENING: FormattedExecutionResult = { extensions: { fromNowOn: true } };

/** Tells it from events, also when it came over a network. */
export function isOpening({ data, errors, extensions }: FormattedExecutionResult): boolean {
  return data === undefined && errors === undefined && extensions?.['fromNowOn'] === true;
}
