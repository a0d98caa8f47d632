import { CivitasError } from '@civitas/platform/errors';
import {
  answerWithFile,
  createFileSigner,
  createUploadDoor,
  type UploadDoor,
} from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { HttpRoute } from '@civitas/platform/subgraph';

/** Of keys in the object store: pictures, and what arrives to become one. */
export const AVATARS = 'avatar';
export const AVATAR_UPLOADS = 'avatarupload';
const PATH = '/avatars/';

/** The files of avatars: where they are, and the doors they come and go by. */
export interface AvatarFiles {
  /** Null when there is no store; then nobody can have a picture. */
  readonly objects: ObjectStore | null;
  readonly uploads: UploadDoor;
  addressOf(sha256: string): string;
  readonly routes: readonly HttpRoute[];
}

interface AvatarFilesOptions {
  readonly objects: ObjectStore | null;
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  /** Signs the addresses of uploads. */
  readonly secret: string;
  readonly now: () => Date;
}

export function createAvatarFiles({
  objects,
  publicUrl,
  secret,
  now,
}: AvatarFilesOptions): AvatarFiles {
  const uploads = createUploadDoor({
    ...{ objects, publicUrl, now },
    path: `${PATH}uploads/`,
    prefix: AVATAR_UPLOADS,
    signer: createFileSigner([secret], 'avatar-upload'),
  });
  return {
    objects,
    uploads,
    addressOf: (sha256) => new URL(PATH + sha256, publicUrl).href,
    routes: [uploads.route, avatarRoute(objects)],
  };
}

/** Whoever knows the address of a picture may see it: it is its hash, which nobody guesses. */
function avatarRoute(objects: ObjectStore | null): HttpRoute {
  return {
    method: 'GET',
    path: `${PATH}*`,
    handle: async ({ path, ...request }) => {
      const sha256 = path.slice(PATH.length);
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new CivitasError('NOT_FOUND');
      if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
      const file = {
        key: `${AVATARS}/${sha256}`,
        contentType: 'image/webp',
        disposition: 'inline',
        // What is at an address never changes; a year is as long as RFC 9111 has in mind.
        cacheControl: 'public, max-age=31536000, immutable',
      };
      return answerWithFile(objects, file, request);
    },
  };
}
