import { appendEvents, type EventHandler } from '@civitas/platform/events';
import { erasedAnswer, exportedPart } from '@civitas/platform/personal-data';
import { z } from 'zod';
import type { IdentityTransaction } from '../context.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { erasePerson } from './erase-person.ts';
import { PARTICIPANTS } from './participants.ts';
import { ERASURE_PASSES, nextDueAt, questionOf } from './stages.ts';

/** Seven days to fetch what was collected. */
const EXPORT_LIFETIME_MS = 7 * 24 * 60 * 60_000;

const cleared = z.object({ requestId: z.string() });
const refused = z.object({
  requestId: z.string(),
  code: z.string().max(100),
  reason: z.string().max(1000),
});

type Handlers = Readonly<Record<string, EventHandler<PrismaClient>>>;

/** Takes the answers of all participants. Each is taken once, in whatever order they come. */
export function answerHandlers(now: () => Date): Handlers {
  return {
    ...Object.fromEntries(
      PARTICIPANTS.flatMap((subgraph): [string, EventHandler<PrismaClient>][] => [
        [`${subgraph}.personal-data.exported`, takePart(subgraph, now)],
        [`${subgraph}.personal-data.erased`, takeErased(subgraph, now)],
      ]),
    ),
    'finance.erasure.cleared': async (tx, event) => {
      const { requestId } = cleared.parse(event.payload);
      await beginErasing(tx, requestId, now());
    },
    'finance.erasure.refused': async (tx, event) => {
      const { requestId, code, reason } = refused.parse(event.payload);
      const request = await lockRequest(tx, requestId);
      if (request?.stage !== 'CLEARING') return;
      await tx.dataRequest.update({
        where: { id: requestId },
        data: { stage: 'REFUSED', refusalCode: code, refusal: reason, endedAt: now() },
      });
      const { userId } = request;
      await recordSecurityEvent({ now }, tx, { userId, type: 'ERASURE_REFUSED', subject: code });
    },
  };
}

/** Nothing holds somebody back any more: identity erases at once, and tells everybody to. */
async function beginErasing(tx: IdentityTransaction, requestId: string, now: Date): Promise<void> {
  const found = await lockRequest(tx, requestId);
  if (found?.stage !== 'CLEARING') return;
  const request = await tx.dataRequest.update({
    where: { id: requestId },
    data: { stage: 'ERASING', attempt: 1, dueAt: nextDueAt(now, 1) },
  });
  await erasePerson(tx, request.userId, now);
  await recordSecurityEvent({ now: () => now }, tx, { userId: request.userId, type: 'ERASED' });
  await appendEvents(tx, [questionOf(request, now)]);
}

function takePart(subgraph: string, now: () => Date): EventHandler<PrismaClient> {
  return async (tx, event) => {
    const { requestId, attempt, index, last, section, rows } = exportedPart.parse(event.payload);
    const request = await lockRequest(tx, requestId);
    if (request?.stage !== 'COLLECTING') return;
    const part = { requestId, subgraph, attempt, index, last, section };
    await tx.dataRequestPart.createMany({
      data: [{ ...part, rows: rows as Prisma.InputJsonValue }],
      skipDuplicates: true,
    });
    if ((await wholeAnswers(tx, requestId, 1)) < PARTICIPANTS.length) return;
    const endedAt = now();
    const expiresAt = new Date(endedAt.getTime() + EXPORT_LIFETIME_MS);
    await tx.dataRequest.update({
      where: { id: requestId },
      data: { stage: 'COMPLETED', endedAt, expiresAt },
    });
  };
}

function takeErased(subgraph: string, now: () => Date): EventHandler<PrismaClient> {
  return async (tx, event) => {
    const { requestId, attempt } = erasedAnswer.parse(event.payload);
    const request = await lockRequest(tx, requestId);
    if (request?.stage !== 'ERASING') return;
    await tx.dataRequestPart.createMany({
      data: [{ requestId, subgraph, attempt, index: 0, last: true }],
      skipDuplicates: true,
    });
    if ((await wholeAnswers(tx, requestId, ERASURE_PASSES)) < PARTICIPANTS.length) return;
    await tx.dataRequest.update({
      where: { id: requestId },
      data: { stage: 'COMPLETED', endedAt: now() },
    });
  };
}

/** The lock makes answers that come at once line up, so that the last one sees all others. */
async function lockRequest(tx: IdentityTransaction, id: string) {
  await tx.$queryRaw`SELECT id FROM data_request WHERE id = ${id} FOR UPDATE`;
  return tx.dataRequest.findUnique({ where: { id } });
}

/** How many participants have answered an attempt, of this number or later, to its end. */
async function wholeAnswers(
  tx: IdentityTransaction,
  requestId: string,
  fromAttempt: number,
): Promise<number> {
  const rows = await tx.$queryRaw<{ subgraph: string }[]>`
    SELECT DISTINCT subgraph FROM (
      SELECT subgraph FROM data_request_part
      WHERE request_id = ${requestId} AND attempt >= ${fromAttempt}
      GROUP BY subgraph, attempt
      HAVING count(*) = max(index) FILTER (WHERE last) + 1
    ) AS whole
    WHERE subgraph = ANY (${[...PARTICIPANTS]}::text[])`;
  return rows.length;
}
