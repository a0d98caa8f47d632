import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import {
  findVisibleTopic,
  forgetTopics,
  type TopicNode,
  topicNode,
  topicNotFound,
} from '../topics/index.ts';
import { addClick, addReaction, type Reaction, removeReaction } from './counted-rows.ts';

const topicInput = z.object({ topicId: idOf('top') });

/** What the viewer does to a topic: a click, or a reaction that they want or no longer want. */
export type TopicReaction =
  | { readonly kind: 'click' }
  | { readonly kind: Reaction; readonly wanted: boolean };

/**
 * Makes the viewer like, save or click a topic, or take that back. Repeating it changes nothing; a click
 * counts again after half an hour.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `TopicNotFound`.
 */
export async function reactToTopic(
  ctx: ContentContext,
  reaction: TopicReaction,
  input: unknown,
): Promise<{ topic: TopicNode }> {
  const { id: userId } = requireUser(ctx);
  const { topicId } = parseInput(topicInput, input);
  const found = await findVisibleTopic(ctx, topicId);
  if (!found) throw topicNotFound('topicId');
  const { client } = ctx.db;
  const whose = { target: 'topic' as const, id: topicId, userId, at: ctx.now() };
  if (reaction.kind === 'click') await addClick(client, whose);
  else if (reaction.wanted) await addReaction(client, reaction.kind, whose);
  else await removeReaction(client, reaction.kind, whose);
  const topic = await client.topic.findUnique({ where: { id: topicId }, select: topicNode });
  if (!topic) throw topicNotFound('topicId');
  forgetTopics(ctx, topic);
  ctx.loaders.ownTopicLike.clear(topicId);
  ctx.loaders.ownTopicSave.clear(topicId);
  return { topic };
}

/** Whether the viewer likes or has saved a topic; null for nobody. */
export async function hasReactedToTopic(
  ctx: ContentContext,
  reaction: Reaction,
  { id }: TopicNode,
): Promise<boolean | null> {
  if (ctx.viewer.type !== 'user') return null;
  const { ownTopicLike, ownTopicSave } = ctx.loaders;
  return (await (reaction === 'like' ? ownTopicLike : ownTopicSave).load(id)) !== null;
}
