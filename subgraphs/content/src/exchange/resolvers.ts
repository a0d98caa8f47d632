import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { exportSubject } from './export-subject.ts';
import { followImport, type ImportProgress } from './import-progress.ts';
import { importSubjectFile } from './import-subject-file.ts';

export const resolvers: Resolvers = {
  Subject: { export: (subject, { format }, ctx) => exportSubject(ctx, subject, format) },
  SubjectFile: { base64: ({ bytes }) => bytes },
  Mutation: {
    importSubjectFile: (_, { input }, ctx) =>
      answerWithFailures('ImportSubjectFileSuccess', () => importSubjectFile(ctx, input)),
  },
  Subscription: {
    subjectImportProgress: {
      subscribe: (_, { importId }, ctx) => followImport(ctx, importId),
      resolve: (progress: ImportProgress) => progress,
    },
  },
};
