import { CivitasError } from '@civitas/platform/errors';
import { createPushIterator, type PushIterator, requireUser } from '@civitas/platform/subgraph';
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

/** Tells who follows an import; progress that gets lost is not missed. */
export function progressOf(ctx: ContentContext, importId: string | null): TellProgress {
  const { id } = requireUser(ctx);
  return (progress) => {
    if (importId === null) return;
    ctx.pubsub.publish(channelOf(id, importId), progress).catch((error: unknown) => {
      ctx.log.debug({ err: error }, 'the progress of an import was not told');
    });
  };
}

/** @throws CivitasError `UNAUTHENTICATED`, `BAD_USER_INPUT`. */
export async function followImport(
  ctx: ContentContext,
  importId: string,
): Promise<AsyncIterableIterator<ImportProgress>> {
  const { id } = requireUser(ctx);
  if (!importIdPattern.test(importId)) throw new CivitasError('BAD_USER_INPUT');
  let stop: (() => Promise<void>) | undefined;
  const progress: PushIterator<ImportProgress> = createPushIterator({
    onEnd: () => void stop?.().catch(() => undefined),
  });
  stop = await ctx.pubsub.subscribe(
    channelOf(id, importId),
    (message) => {
      const said = message as ImportProgress;
      progress.push(said);
      if (said.stage === 'DONE' || said.stage === 'FAILED') progress.end();
    },
    // What is missed may be the end; the answer to the mutation says how it went.
    { onGap: () => progress.fail(new CivitasError('SERVICE_UNAVAILABLE')) },
  );
  return progress;
}
