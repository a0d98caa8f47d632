import {
  createDownloadDoor,
  createFileSigner,
  createUploadDoor,
  type DownloadDoor,
  type UploadDoor,
} from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { HttpRoute } from '@civitas/platform/subgraph';

/** Files that people send and fetch: where they are, and the doors they come and go by. */
export interface AttachmentFiles {
  /** Null when there is no store; then nothing can be uploaded. */
  readonly objects: ObjectStore | null;
  readonly uploads: UploadDoor;
  readonly downloads: DownloadDoor;
  /** Archives that were made to be downloaded, and go after some hours. */
  readonly exports: DownloadDoor;
  readonly routes: readonly HttpRoute[];
}

interface AttachmentFilesOptions {
  readonly objects: ObjectStore | null;
  /** Where people reach the gateway for files. */
  readonly url: string;
  /** See `createFileSigner`. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
  /** See `createUploadDoor`. */
  readonly isWanted: (objectKey: string) => Promise<boolean>;
}

export function createAttachmentFiles(options: AttachmentFilesOptions): AttachmentFiles {
  const { objects, url: publicUrl, secrets, now, isWanted } = options;
  const uploads = createUploadDoor({
    ...{ objects, publicUrl, now },
    path: '/files/uploads/',
    prefix: 'incoming',
    signer: createFileSigner(secrets, 'upload'),
    isWanted,
  });
  const downloads = createDownloadDoor({
    ...{ objects, publicUrl, now },
    path: '/files/',
    prefix: 'file',
    signer: createFileSigner(secrets, 'download'),
  });
  const exports = createDownloadDoor({
    ...{ objects, publicUrl, now },
    path: '/files/exports/',
    prefix: 'export',
    signer: createFileSigner(secrets, 'export'),
  });
  // The longer path first: the other one begins both.
  const routes = [uploads.route, exports.route, downloads.route];
  return { objects, uploads, downloads, exports, routes };
}
