import { CivitasError } from '@civitas/platform/errors';
import {
  createPushIterator,
  FROM_NOW_ON,
  fromNowOn,
  type PushIterator,
} from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import { findVisibleSubject } from './service.ts';

/** What has happened to the tree of a subject. */
export interface SubjectChange {
  readonly subjectId: string;
  readonly kind:
    | 'READ_TREE'
    | 'SUBJECT_CHANGED'
    | 'TOPIC_ADDED'
    | 'TOPIC_MOVED'
    | 'TOPIC_REMOVED'
    | 'TOPIC_RENAMED'
    | 'TOPIC_RESTORED';
  /** Null when the subject itself has changed, and for `READ_TREE`. */
  readonly topicId: string | null;
  /** Null for `READ_TREE`, which nobody does. */
  readonly userId: string | null;
}

const channelOf = (subjectId: string) => `content:subject:${subjectId}`;

/** Tells those who follow the subject, after the commit. A change that gets lost is seen at the next reading. */
export function announceChange(ctx: ContentContext, change: SubjectChange): void {
  ctx.pubsub.publish(channelOf(change.subjectId), change).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'a change of a subject was not told');
  });
}

/**
 * Follows the changes of a subject that the viewer may see. They are kept nowhere: when some may have been
 * missed, also because the source was lost and is started again, `READ_TREE` is among them. Whether the
 * viewer may still see the subject is asked again for each change.
 *
 * @throws CivitasError `MALFORMED_ID`, `NOT_FOUND`.
 */
export async function followSubject(
  ctx: ContentContext,
  id: string,
): Promise<AsyncIterableIterator<SubjectChange>> {
  if (!(await findVisibleSubject(ctx, id))) throw new CivitasError('NOT_FOUND');
  let stop: (() => Promise<void>) | undefined;
  const changes: PushIterator<SubjectChange> = createPushIterator({
    onEnd: () => void stop?.().catch(() => undefined),
  });
  const readTree = () =>
    void changes.push({ subjectId: id, kind: 'READ_TREE', topicId: null, userId: null });
  stop = await ctx.pubsub.subscribe(
    channelOf(id),
    (message) => void changes.push(message as SubjectChange),
    { onGap: readTree },
  );
  if (ctx.resumeAfter === FROM_NOW_ON) readTree();
  return fromNowOn(changes);
}

/**
 * The change for a viewer who may still see it.
 *
 * @throws CivitasError `NOT_FOUND`.
 */
export async function readChange(ctx: ContentContext, change: SubjectChange) {
  const subject = await findVisibleSubject(ctx, change.subjectId);
  if (!subject) throw new CivitasError('NOT_FOUND');
  const { topicId } = change;
  const topic = topicId === null ? null : await ctx.loaders.topicById.load(topicId);
  return { ...change, subject, topic };
}
