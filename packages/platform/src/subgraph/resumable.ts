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
