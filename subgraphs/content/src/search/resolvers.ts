import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { readMarks } from './marked-text.ts';
import { searchList } from './queries.ts';
import { search } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    search: async (_, args, ctx) =>
      toConnection(searchList, await search(ctx, args), args.first, (hit) => ({
        key: [hit.score, hit.id],
        node: hit,
      })),
  },
  SearchHit: {
    title: ({ title }) => readMarks(title),
    snippet: ({ snippet }) => {
      const parts = readMarks(snippet);
      return parts.some(({ found }) => found) ? parts : [];
    },
  },
};
