import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { findVisibleSubject } from '../subjects/index.ts';
import { exportSubject } from './export-subject.ts';
import { exportSubjectArchive } from './export-subject-archive.ts';
import { followImport, type ImportProgress } from './import-progress.ts';
import { importSubjectFile } from './import-subject-file.ts';
import { startSubjectImport } from './start-subject-import.ts';

export const resolvers: Resolvers = {
  Subject: { export: (subject, { format }, ctx) => exportSubject(ctx, subject, format) },
  SubjectFile: { base64: ({ bytes }) => bytes },
  SubjectImportProgress: {
    subject: ({ subjectId }, _, ctx) =>
      subjectId === undefined ? null : findVisibleSubject(ctx, subjectId),
  },
  Mutation: {
    exportSubjectArchive: (_, { input }, ctx) =>
      answerWithFailures('ExportSubjectArchiveSuccess', () => exportSubjectArchive(ctx, input)),
    startSubjectImport: (_, { input }, ctx) =>
      answerWithFailures('StartSubjectImportSuccess', () => startSubjectImport(ctx, input)),
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
