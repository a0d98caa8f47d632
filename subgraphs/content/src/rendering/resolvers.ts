import type { Resolvers } from '../generated/resolvers.ts';
import { readingMinutes, renderTopic } from './service.ts';

export const resolvers: Resolvers = {
  Topic: {
    html: async (topic, _, ctx) => (await renderTopic(ctx, topic)).html,
    tableOfContents: async (topic, _, ctx) => (await renderTopic(ctx, topic)).headings,
    wordCount: async (topic, _, ctx) => (await renderTopic(ctx, topic)).wordCount,
    readingMinutes: async (topic, _, ctx) =>
      readingMinutes((await renderTopic(ctx, topic)).wordCount),
  },
};
