import { answerWithFailures } from '@civitas/platform/errors';
import { readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { addTopic } from './add-topic.ts';
import type { TopicNode } from './queries.ts';
import { findVisibleTopic } from './service.ts';
import { updateTopic } from './update-topic.ts';

// A topic or subject that reaches these was visible to the viewer, and so is its whole tree.
export const resolvers: Resolvers = {
  Query: { topic: (_, { id }, ctx) => findVisibleTopic(ctx, id) },
  Mutation: {
    addTopic: (_, { input }, ctx) =>
      answerWithFailures('AddTopicSuccess', () => addTopic(ctx, input)),
    updateTopic: (_, { input }, ctx) =>
      answerWithFailures('UpdateTopicSuccess', () => updateTopic(ctx, input)),
  },
  Subject: {
    topics: (subject, _, ctx) => ctx.loaders.topicTree.load({ parentId: subject.id, args: null }),
  },
  Topic: {
    __resolveReference: ({ id }, ctx) => findVisibleTopic(ctx, id),
    markdown: (topic, _, ctx) => textOf(ctx, topic),
    heading: ({ heading }) => heading?.trimEnd() ?? null,
    parent: (topic, _, ctx) =>
      topic.parentId === null ? null : ctx.loaders.topicById.load(topic.parentId),
    children: (topic, _, ctx) => ctx.loaders.topicChildren.load({ parentId: topic.id, args: null }),
    subject: (topic, _, ctx) => subjectOf(ctx, topic),
  },
};

/** Whole for who may edit it; others get the questions in it without their solutions. */
async function textOf(ctx: ContentContext, topic: TopicNode): Promise<string> {
  const { id } = topic;
  const text = await ctx.loaders.topicText.load(id);
  if (!text) throw new Error(`Topic ${id} was there a moment ago.`);
  return (await readingOf(ctx, topic.subjectId))(text.markdown);
}

/** A foreign key promises that the row is there. */
async function subjectOf(ctx: ContentContext, { id, subjectId }: TopicNode) {
  const subject = await ctx.loaders.subjectById.load(subjectId);
  if (!subject) throw new Error(`The subject of topic ${id} is not there.`);
  return subject;
}
