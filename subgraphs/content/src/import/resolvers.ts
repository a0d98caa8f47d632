import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { importSubject } from './import-subject.ts';

export const resolvers: Resolvers = {
  Mutation: {
    importSubject: (_, { input }, ctx) =>
      answerWithFailures('ImportSubjectSuccess', () => importSubject(ctx, input)),
  },
};
