import { appendEvents } from '@civitas/platform/events';
import type { Logger } from '@civitas/platform/telemetry';
import type { IdentityDatabase } from '../context.ts';
import { nextDueAt, questionOf, RUNNING_STAGES } from './stages.ts';

/** Well below the shortest wait between two attempts. */
const POLL_MS = 60_000;
const BATCH = 100;

interface ResumeOptions {
  readonly db: IdentityDatabase;
  readonly now: () => Date;
}

/**
 * Asks again for every request that is due, and forgets exports that have expired. Any number of
 * processes may do so at once: each row is taken by one.
 *
 * @returns how many requests were asked again.
 */
export async function resumeRequests({ db, now: clock }: ResumeOptions): Promise<number> {
  const now = clock();
  const resumed = await db.inTransaction(async (tx) => {
    const due = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM data_request
      WHERE stage::text = ANY (${RUNNING_STAGES}::text[]) AND due_at <= ${now}
      ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
    for (const { id } of due) {
      const { attempt } = await tx.dataRequest.findUniqueOrThrow({ where: { id } });
      const request = await tx.dataRequest.update({
        where: { id },
        data: { attempt: attempt + 1, dueAt: nextDueAt(now, attempt + 1) },
      });
      await appendEvents(tx, [questionOf(request, now)]);
    }
    return due.length;
  });
  await db.inTransaction(async (tx) => {
    const expired = { stage: 'COMPLETED', expiresAt: { lte: now } } as const;
    await tx.dataRequestPart.deleteMany({ where: { request: expired } });
    await tx.dataRequest.updateMany({ where: expired, data: { stage: 'EXPIRED' } });
  });
  return resumed;
}

/** Does so at once and then every minute, until it is stopped. */
export function createRequestResumer(options: ResumeOptions & { readonly log: Logger }) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const resume = () => {
    running = resumeRequests(options).catch((error: unknown) => {
      options.log.warn({ err: error }, 'requests for personal data could not be resumed');
    });
  };
  return {
    start: (): void => {
      timer ??= setInterval(resume, POLL_MS);
      resume();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await running;
    },
  };
}
