import { CivitasError } from '@civitas/platform/errors';
import type { PubSub } from '@civitas/platform/pubsub';
import { createPushIterator, type PushIterator } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import { findVisibleSubject } from './service.ts';

/** What has happened to the tree of a subject. */
export interface SubjectChange {
  readonly subjectId: string;
  readonly kind:
    | 'SUBJECT_CHANGED'
    | 'TOPIC_ADDED'
    | 'TOPIC_MOVED'
    | 'TOPIC_REMOVED'
    | 'TOPIC_RENAMED'
    | 'TOPIC_RESTORED';
  /** Null when the subject itself has changed. */
  readonly topicId: string | null;
  readonly userId: string;
}

const channelOf = (subjectId: string) => `content:subject:${subjectId}`;

/** Tells those who follow the subject, after the commit. A change that gets lost is seen at the next reading. */
export function announceChange(ctx: ContentContext, change: SubjectChange): void {
  ctx.pubsub.publish(channelOf(change.subjectId), change).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'a change of a subject was not told');
  });
}

/**
 * Follows the changes of a subject that the viewer may see. The stream fails when changes may have
 * been missed, so that the client reads the tree anew; whether the viewer may still see the subject is
 * asked again for each change.
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
  stop = await subscribe(ctx.pubsub, id, changes);
  return changes;
}

function subscribe(pubsub: PubSub, id: string, changes: PushIterator<SubjectChange>) {
  return pubsub.subscribe(channelOf(id), (message) => void changes.push(message as SubjectChange), {
    onGap: () => changes.fail(new CivitasError('SERVICE_UNAVAILABLE')),
  });
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
