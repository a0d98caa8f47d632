import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { SubjectVersion } from '../generated/prisma/client.ts';
import { lockSubject } from '../subjects/index.ts';
import { subjectVersionNotFound } from './errors.ts';

const publishInput = z.object({ versionId: idOf('ver'), published: z.boolean() });

/**
 * Lets everybody read a version, or no longer; doing it again changes nothing. The first time it emits
 * `content.subject.published`.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectVersionNotFound`.
 */
export async function publishSubjectVersion(
  ctx: ContentContext,
  input: unknown,
): Promise<{ version: SubjectVersion }> {
  requireUser(ctx);
  const { versionId, published } = parseInput(publishInput, input);
  const version = await ctx.db.inTransaction(async (tx) => {
    const found = await tx.subjectVersion.findUnique({ where: { id: versionId } });
    if (!found) throw subjectVersionNotFound();
    const { subjectId } = found;
    const subject = await lockSubject(ctx, tx, subjectId, 'OWNER', subjectVersionNotFound);
    const where = { id: versionId };
    const { publishedAt } = await tx.subjectVersion.findUniqueOrThrow({ where });
    if ((publishedAt !== null) === published) return { ...found, publishedAt };
    const now = ctx.now();
    if (published) {
      const payload = { subjectId, versionId, authorId: subject.authorId, number: found.number };
      await appendEvents(tx, [
        { type: 'content.subject.published', aggregateId: subjectId, occurredAt: now, payload },
      ]);
    }
    return tx.subjectVersion.update({ where, data: { publishedAt: published ? now : null } });
  });
  return { version };
}
