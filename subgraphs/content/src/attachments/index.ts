export { type AttachmentFiles, createAttachmentFiles } from './attachment-files.ts';
export { createAttachmentLoaders } from './loaders.ts';
export { resolvers as attachmentResolvers } from './resolvers.ts';
export { addressOf, findReferred, hashOfReference } from './service.ts';
export { addSharedFiles, copyAttachments, sharedFile } from './share-attachments.ts';
