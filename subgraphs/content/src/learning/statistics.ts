import { CivitasError } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { allows, roleOf } from '../subjects/index.ts';
import type { TopicNode } from '../topics/index.ts';
import { fetchTopicCounts, type TopicCounts } from './queries.ts';

export interface TopicStatistics extends Omit<TopicCounts, 'topicId'> {
  readonly topic: TopicNode;
}

export interface LearningStatistics {
  readonly learnerCount: number;
  readonly certificateCount: number;
  readonly averageProgress: number | null;
  readonly topics: readonly TopicStatistics[];
}

const UNTOUCHED = { doneCount: 0, attemptCount: 0, averageScore: null };

/**
 * How the learners of a subject that the viewer may edit get on.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 */
export async function readLearningStatistics(
  ctx: ContentContext,
  subject: Subject,
): Promise<LearningStatistics> {
  requireUser(ctx);
  if (!allows(await roleOf(ctx, subject), 'EDITOR')) throw new CivitasError('FORBIDDEN');
  const [tree, counts, learnerCount, certificateCount] = await Promise.all([
    ctx.loaders.topicTree.load({ parentId: subject.id, args: null }),
    fetchTopicCounts(ctx.db, subject.id),
    ctx.loaders.learnerCount.load({ parentId: subject.id, args: null }),
    ctx.db.client.certificate.count({ where: { subjectId: subject.id } }),
  ]);
  const byTopic = new Map(counts.map((count) => [count.topicId, count]));
  const topics = tree.map((topic) => ({ ...UNTOUCHED, ...byTopic.get(topic.id), topic }));
  const done = topics.reduce((sum, { doneCount }) => sum + doneCount, 0);
  const all = learnerCount * topics.length;
  return {
    learnerCount,
    certificateCount,
    averageProgress: all === 0 ? null : done / all,
    topics,
  };
}
