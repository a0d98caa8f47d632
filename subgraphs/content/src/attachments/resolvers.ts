import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { changeAttachment, deleteAttachment } from './change-attachment.ts';
import { finishAttachmentUpload } from './finish-upload.ts';
import { addressOf, attachmentsList, listAttachments, REFERENCE } from './service.ts';
import { startAttachmentUpload } from './start-upload.ts';

// A topic or version that reaches these was visible to the viewer, and so is what is attached to it.
export const resolvers: Resolvers = {
  Topic: {
    attachments: async (topic, args, ctx) =>
      toConnection(
        attachmentsList,
        await listAttachments(ctx, topic, args),
        args.first,
        (attachment) => ({ key: [attachment.createdAt, attachment.id], node: attachment }),
      ),
  },
  SubjectVersionTopic: {
    attachments: async ({ versionId, ordinal }, _, ctx) => {
      const all = await ctx.loaders.versionAttachments.load({ parentId: versionId, args: null });
      return all.filter((each) => each.ordinal === ordinal);
    },
  },
  TopicAttachment: {
    reference: ({ sha256 }) => REFERENCE + sha256,
    url: (attachment, { download }, ctx) => addressOf(ctx, attachment, download),
    uploadedBy: ({ uploadedBy }) => (uploadedBy === null ? null : { id: uploadedBy }),
  },
  SubjectVersionAttachment: {
    reference: ({ sha256 }) => REFERENCE + sha256,
    url: (attachment, { download }, ctx) => addressOf(ctx, attachment, download),
  },
  Mutation: {
    startAttachmentUpload: (_, { input }, ctx) =>
      answerWithFailures('StartAttachmentUploadSuccess', () => startAttachmentUpload(ctx, input)),
    finishAttachmentUpload: (_, { input }, ctx) =>
      answerWithFailures('FinishAttachmentUploadSuccess', () => finishAttachmentUpload(ctx, input)),
    changeAttachment: (_, { input }, ctx) =>
      answerWithFailures('ChangeAttachmentSuccess', () => changeAttachment(ctx, input)),
    deleteAttachment: (_, { input }, ctx) =>
      answerWithFailures('DeleteAttachmentSuccess', () => deleteAttachment(ctx, input)),
  },
};
