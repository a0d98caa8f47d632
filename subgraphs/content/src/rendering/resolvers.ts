import type { Resolvers } from '../generated/resolvers.ts';
import { htmlOf, readingMinutes, renderTopic } from './service.ts';

export const resolvers: Resolvers = {
  Topic: {
    html: (topic, _, ctx) => htmlOf(ctx, topic),
    tableOfContents: async (topic, _, ctx) => (await renderTopic(ctx, topic)).headings,
    wordCount: async (topic, _, ctx) => (await renderTopic(ctx, topic)).wordCount,
    readingMinutes: async (topic, _, ctx) =>
      readingMinutes((await renderTopic(ctx, topic)).wordCount),
  },
};
