import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import { type Checkpoint, isRight, readCheckpoints } from '../checkpoints/index.ts';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { CheckpointAttempt } from '../generated/prisma/client.ts';
import { findVisibleTopic, topicNotFound } from '../topics/index.ts';
import { forgetLearning, lockEnrolment } from './enrolling.ts';
import { checkpointsChanged, tooManyAttempts } from './errors.ts';

/** So that a choice is learned and not found out by trying. */
const MAX_ATTEMPTS = 10;
const WITHIN_MS = 60 * 60_000;

const answerCheckpointsInput = z.object({
  topicId: idOf('top'),
  answers: z
    .array(
      z.object({
        key: z.string().max(40),
        options: z
          .array(z.int().min(0).max(19))
          .max(20)
          .transform((options) => new Set(options)),
        text: z.string().max(200, 'must have at most 200 characters.'),
      }),
    )
    .max(50, 'must have at most 50 elements.')
    .refine(
      (answers) => new Set(answers.map(({ key }) => key)).size === answers.length,
      'must answer a question once.',
    ),
});

export interface AnsweredCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly right: boolean;
  readonly explanation: string | null;
}

/**
 * Grades the viewer's answers to all questions of a topic and keeps the score.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`, `NotEnrolled`, `CheckpointsExhausted`;
 * `CheckpointsChanged` for an answer to what the topic does not ask, so that an edit meanwhile costs
 * nobody an attempt.
 */
export async function answerCheckpoints(
  ctx: ContentContext,
  input: unknown,
): Promise<{ attempt: CheckpointAttempt; results: AnsweredCheckpoint[] }> {
  const { id: userId } = requireUser(ctx);
  const { topicId, answers } = parseInput(answerCheckpointsInput, input);
  const topic = await findVisibleTopic(ctx, topicId);
  const text = topic && (await ctx.loaders.topicText.load(topicId));
  if (!topic || !text) throw topicNotFound('topicId');
  const { checkpoints } = readCheckpoints(text.markdown);
  const byKey = new Map(answers.map((answer) => [answer.key, answer]));
  const known = new Set(checkpoints.map(({ key }) => key));
  if (known.size === 0 || answers.some(({ key }) => !known.has(key))) throw checkpointsChanged();

  const results = checkpoints.map((checkpoint) => ({
    checkpoint,
    right: isRight(checkpoint, byKey.get(checkpoint.key)),
    explanation: checkpoint.explanation,
  }));
  const attempt = {
    id: newId('cat'),
    subjectId: topic.subjectId,
    userId,
    topicId,
    score: results.filter(({ right }) => right).length,
    maxScore: results.length,
    answeredAt: ctx.now(),
  };
  await ctx.db.inTransaction(async (tx) => {
    // Under the lock, or attempts that are made at once would not count each other.
    await lockEnrolment(tx, attempt, 'topicId');
    await refuseTooMany(tx, attempt);
    await tx.checkpointAttempt.create({ data: attempt });
    await tx.enrolment.update({
      where: { subjectId_userId: { subjectId: topic.subjectId, userId } },
      data: { lastTopicId: topicId },
    });
  });
  forgetLearning(ctx, topic.subjectId);
  return { attempt, results };
}

async function refuseTooMany(
  tx: ContentTransaction,
  { subjectId, userId, topicId, answeredAt }: CheckpointAttempt,
): Promise<void> {
  const recent = await tx.checkpointAttempt.findMany({
    where: { subjectId, userId, topicId },
    orderBy: { answeredAt: 'desc' },
    take: MAX_ATTEMPTS,
    select: { answeredAt: true },
  });
  const retryAt = (recent[MAX_ATTEMPTS - 1]?.answeredAt.getTime() ?? -Infinity) + WITHIN_MS;
  if (retryAt > answeredAt.getTime()) throw tooManyAttempts(new Date(retryAt));
}
