import { answerWithFailures } from '@civitas/platform/errors';
import { type PageArguments, toConnection } from '@civitas/platform/pagination';
import type { ContentContext } from '../context.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import type { Reaction } from './counted-rows.ts';
import { likedSubjectsList, listLikedSubjects, listOwnTopics, topicLists } from './own-lists.ts';
import { hasReactedToTopic, reactToTopic } from './react-to-topic.ts';
import { changeReaction, hasReacted, listSavedSubjects, savedSubjectsList } from './service.ts';
import { listTrendingSubjects } from './trending.ts';

export const resolvers: Resolvers = {
  Query: { trendingSubjects: (_, { first }, ctx) => listTrendingSubjects(ctx, first) },
  Topic: {
    likedByMe: (topic, _, ctx) => hasReactedToTopic(ctx, 'like', topic),
    savedByMe: (topic, _, ctx) => hasReactedToTopic(ctx, 'save', topic),
  },
  Subject: {
    likedByMe: (subject, _, ctx) => hasReacted(ctx, 'like', subject),
    savedByMe: (subject, _, ctx) => hasReacted(ctx, 'save', subject),
  },
  User: {
    likedSubjects: async (person, args, ctx) =>
      toConnection(
        likedSubjectsList,
        await listLikedSubjects(ctx, person, args),
        args.first,
        ({ createdAt, subject }) => ({
          key: [createdAt, subject.id],
          node: subject,
          edge: { likedAt: createdAt },
        }),
      ),
    likedTopics: (person, args, ctx) => ownTopics(ctx, 'like', person, args),
    savedTopics: (person, args, ctx) => ownTopics(ctx, 'save', person, args),
    savedSubjects: async (person, args, ctx) =>
      toConnection(
        savedSubjectsList,
        await listSavedSubjects(ctx, person, args),
        args.first,
        ({ createdAt, subjectId, subject }) => ({
          key: [createdAt, subjectId],
          node: subject,
          edge: { savedAt: createdAt },
        }),
      ),
  },
  Mutation: {
    clickSubject: (_, { input }, ctx) =>
      answerWithFailures('ClickSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'click' }, input),
      ),
    clickTopic: (_, { input }, ctx) =>
      answerWithFailures('ClickTopicSuccess', () => reactToTopic(ctx, { kind: 'click' }, input)),
    likeTopic: (_, { input }, ctx) =>
      answerWithFailures('LikeTopicSuccess', () =>
        reactToTopic(ctx, { kind: 'like', wanted: true }, input),
      ),
    unlikeTopic: (_, { input }, ctx) =>
      answerWithFailures('UnlikeTopicSuccess', () =>
        reactToTopic(ctx, { kind: 'like', wanted: false }, input),
      ),
    saveTopic: (_, { input }, ctx) =>
      answerWithFailures('SaveTopicSuccess', () =>
        reactToTopic(ctx, { kind: 'save', wanted: true }, input),
      ),
    unsaveTopic: (_, { input }, ctx) =>
      answerWithFailures('UnsaveTopicSuccess', () =>
        reactToTopic(ctx, { kind: 'save', wanted: false }, input),
      ),
    likeSubject: (_, { input }, ctx) =>
      answerWithFailures('LikeSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'like', wanted: true }, input),
      ),
    unlikeSubject: (_, { input }, ctx) =>
      answerWithFailures('UnlikeSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'like', wanted: false }, input),
      ),
    saveSubject: (_, { input }, ctx) =>
      answerWithFailures('SaveSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'save', wanted: true }, input),
      ),
    unsaveSubject: (_, { input }, ctx) =>
      answerWithFailures('UnsaveSubjectSuccess', () =>
        changeReaction(ctx, { reaction: 'save', wanted: false }, input),
      ),
  },
};

async function ownTopics(
  ctx: ContentContext,
  reaction: Reaction,
  person: { readonly id: string },
  args: PageArguments,
) {
  const rows = await listOwnTopics(ctx, reaction, person, args);
  return toConnection(topicLists[reaction], rows, args.first, ({ createdAt, topic }) => ({
    key: [createdAt, topic.id],
    node: topic,
    edge: { since: createdAt },
  }));
}
