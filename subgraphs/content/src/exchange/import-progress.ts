import { CivitasError } from '@civitas/platform/errors';
import {
  createPushIterator,
  FROM_NOW_ON,
  fromNowOn,
  type PushIterator,
  requireUser,
  resumable,
} from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';

export interface ImportProgress {
  readonly stage: 'READING' | 'ATTACHING' | 'STORING' | 'DONE' | 'FAILED';
  readonly done: number;
  readonly total: number;
  /** When it is done. */
  readonly subjectId?: string;
}

export type TellProgress = (progress: ImportProgress) => void;

export const importIdPattern = /^[\w\-]{1,64}$/v;

/** Nobody hears of the imports of somebody else, whatever ids both choose. */
const channelOf = (userId: string, importId: string) => `content:import:${userId}:${importId}`;

/** While it goes on, what was said last is kept for so long, and kept again in time. */
const ALIVE_MS = 20_000;
const RENEW_MS = 5_000;
/** How it has ended is kept for who was cut off meanwhile. */
const ENDED_MS = 10 * 60_000;
const LOOK_MS = 10_000;
/** What is kept may be lost once, with the store; twice in a row there is nobody who renews it. */
const MISSES = 2;
const FAILED: ImportProgress = { stage: 'FAILED', done: 0, total: 0 };

const isOver = ({ stage }: ImportProgress) => stage === 'DONE' || stage === 'FAILED';

/**
 * Tells who follows an import, and keeps what was told last for who was cut off. The last thing told has
 * to be how it ended.
 */
export function progressOf(ctx: ContentContext, importId: string | null): TellProgress {
  const { id } = requireUser(ctx);
  if (importId === null) return () => undefined;
  const channel = channelOf(id, importId);
  let last: ImportProgress | undefined;
  const keep = async (progress: ImportProgress) => {
    const ttlMs = isOver(progress) ? ENDED_MS : ALIVE_MS;
    await ctx.imports.progress.set(channel, JSON.stringify(progress), ttlMs);
  };
  const unheard = (error: unknown) =>
    ctx.log.debug({ err: error }, 'the progress of an import was not told');
  let telling = Promise.resolve();
  const renewing = setInterval(() => {
    if (last) keep(last).catch(unheard);
  }, RENEW_MS).unref();
  return (progress) => {
    last = progress;
    if (isOver(progress)) clearInterval(renewing);
    // Kept first: who looks after having missed it finds it. Told all the same when it cannot be kept.
    telling = telling
      .then(() => keep(progress))
      .catch(unheard)
      .then(() => ctx.pubsub.publish(channel, progress))
      .catch(unheard);
  };
}

/**
 * Follows an import of the viewer. When its source was lost and is started again, or messages may have been
 * missed, it goes on with what was told last; an import that nobody is at any more has `FAILED`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `BAD_USER_INPUT`.
 */
export async function followImport(
  ctx: ContentContext,
  importId: string,
): Promise<AsyncIterableIterator<ImportProgress>> {
  const { id } = requireUser(ctx);
  if (!importIdPattern.test(importId)) throw new CivitasError('BAD_USER_INPUT');
  const channel = channelOf(id, importId);
  let said = ctx.resumeAfter === FROM_NOW_ON ? undefined : ctx.resumeAfter;
  let heard = 0;
  let misses = 0;
  let looking: NodeJS.Timeout | undefined;
  let stop: (() => Promise<void>) | undefined;
  const progress: PushIterator<ImportProgress> = createPushIterator({
    onEnd: () => {
      clearInterval(looking);
      void stop?.().catch(() => undefined);
    },
  });

  function say(next: ImportProgress): void {
    heard += 1;
    misses = 0;
    const cursor = cursorOf(next);
    if (cursor !== said) progress.push(next);
    said = cursor;
    if (isOver(next)) progress.end();
  }

  async function look(): Promise<void> {
    const before = heard;
    const kept = await ctx.imports.progress.get(channel);
    // What has come meanwhile is newer than what was kept.
    if (heard !== before) return;
    if (kept !== undefined) return say(JSON.parse(kept) as ImportProgress);
    misses += 1;
    // Before it has begun there is nothing to find.
    if (said !== undefined && misses >= MISSES) say(FAILED);
  }
  const lookAgain = () =>
    void look().catch((error: unknown) =>
      ctx.log.debug({ err: error }, 'the progress of an import was not found'),
    );
  stop = await ctx.pubsub.subscribe(channel, (message) => say(message as ImportProgress), {
    onGap: lookAgain,
  });
  looking = setInterval(() => {
    if (said !== undefined) lookAgain();
  }, LOOK_MS).unref();
  if (ctx.resumeAfter !== undefined) lookAgain();
  return fromNowOn(resumable(progress, cursorOf));
}

const cursorOf = ({ stage, done, total }: ImportProgress) => `${stage} ${done} ${total}`;
