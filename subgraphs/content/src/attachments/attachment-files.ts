import {
  createDownloadDoor,
  createFileSigner,
  createUploadDoor,
  type DownloadDoor,
  type UploadDoor,
} from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { HttpRoute } from '@civitas/platform/subgraph';

/** The files of attachments: where they are, and the doors they come and go by. */
export interface AttachmentFiles {
  /** Null when there is no store; then nothing can be uploaded. */
  readonly objects: ObjectStore | null;
  readonly uploads: UploadDoor;
  readonly downloads: DownloadDoor;
  readonly routes: readonly HttpRoute[];
}

interface AttachmentFilesOptions {
  readonly objects: ObjectStore | null;
  /** Where people reach the gateway for files. */
  readonly url: string;
  /** See `createFileSigner`. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

export function createAttachmentFiles(options: AttachmentFilesOptions): AttachmentFiles {
  const { objects, url: publicUrl, secrets, now } = options;
  const uploads = createUploadDoor({
    ...{ objects, publicUrl, now },
    path: '/files/uploads/',
    prefix: 'incoming',
    signer: createFileSigner(secrets, 'upload'),
  });
  const downloads = createDownloadDoor({
    ...{ objects, publicUrl, now },
    path: '/files/',
    prefix: 'file',
    signer: createFileSigner(secrets, 'download'),
  });
  return { objects, uploads, downloads, routes: [uploads.route, downloads.route] };
}
