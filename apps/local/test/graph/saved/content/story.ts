import { expect } from 'vitest';
import type { World } from '../../../../src/demo/world.ts';
import type { Doer } from '../saved-operations.ts';

type Person = World['people'][number];

/** What the chapters of the story know: two people, and a subject of one of them with three topics. */
export interface Story {
  /** What the author does. */
  readonly a: Doer;
  /** What somebody else does. */
  readonly b: Doer;
  readonly author: Person;
  readonly friend: Person;
  readonly subjectId: string;
  readonly queen: string;
  readonly worker: string;
  readonly drone: string;
  /** Subgraphs are told where the gateway is before it has a port. */
  readonly here: (url: string) => URL;
}

/** Sends a file to where an upload says. */
export async function put({ here }: Story, upload: { url: string }, body: Buffer<ArrayBuffer>) {
  expect((await fetch(here(upload.url), { method: 'PUT', body })).status).toBe(204);
}

/**
 * What a stream tells up to a last event while something is done, again and again until it is heard: nobody
 * is told when a stream is open.
 */
export async function heardWhile<Event>(
  stream: AsyncIterable<Event>,
  isLast: (event: Event) => boolean,
  act: () => Promise<unknown>,
): Promise<Event[]> {
  const heard: Event[] = [];
  const listening = (async () => {
    for await (const event of stream) {
      heard.push(event);
      if (isLast(event)) return;
    }
  })();
  const tryAndLook = async () => {
    await act();
    return heard.length;
  };
  const patience = { timeout: 30_000, interval: 100 };
  await expect.poll(tryAndLook, patience).toBeGreaterThan(0);
  await listening;
  return heard;
}
