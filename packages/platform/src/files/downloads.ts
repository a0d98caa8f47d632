import { CivitasError } from '../errors/index.ts';
import type { ObjectStore } from '../objects/index.ts';
import type { HttpRoute } from '../subgraph/index.ts';
import { answerWithFile } from './answer-with-file.ts';
import type { FileSigner } from './file-signer.ts';

const HOUR_MS = 60 * 60_000;

export interface DownloadDoor {
  /** An address of a file, which is good for one to two hours; the same one for whoever asks within an hour. */
  addressOf(file: SignedFile, now: Date): string;
  readonly route: HttpRoute;
}

interface SignedFile {
  /** Hex; the file's name in the store. */
  readonly sha256: string;
  readonly mediaType: string;
  /** What it is called when it is saved. */
  readonly name: string;
  /** Whether browsers save it and do not show it. */
  readonly isAttachment: boolean;
}

interface DownloadDoorOptions {
  readonly objects: ObjectStore | null;
  /** E.g. `/files/`. */
  readonly path: string;
  /** Of keys in the store. */
  readonly prefix: string;
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  readonly signer: FileSigner;
  readonly now: () => Date;
}

/** The door that files go out by, to whoever has an address of one. */
export function createDownloadDoor(options: DownloadDoorOptions): DownloadDoor {
  const { objects, path: base, prefix, publicUrl, signer, now } = options;
  return {
    addressOf: ({ sha256, mediaType, name, isAttachment }, at) => {
      // Rounded, so that a page that is made again shows the same addresses, and nothing is fetched twice.
      const until = (Math.floor(at.getTime() / HOUR_MS) + 2) * HOUR_MS;
      const as = isAttachment ? 'attachment' : 'inline';
      const signature = signer.sign(sha256, mediaType, name, as, until);
      const url = new URL(`${base}${sha256}`, publicUrl);
      url.search = new URLSearchParams({
        name,
        type: mediaType,
        as,
        until: String(until),
        signature,
      }).toString();
      return url.href;
    },
    route: {
      method: 'GET',
      path: `${base}*`,
      handle: async ({ path, query = new URLSearchParams(), ...request }) => {
        const sha256 = path.slice(base.length);
        const [name, type, as] = ['name', 'type', 'as'].map((key) => query.get(key) ?? '');
        const until = Number(query.get('until'));
        const signature = query.get('signature') ?? '';
        const isSigned = signer.isSigned(
          signature,
          sha256,
          type ?? '',
          name ?? '',
          as ?? '',
          until,
        );
        const leftMs = until - now().getTime();
        if (!isSigned || leftMs <= 0) throw new CivitasError('FILE_ADDRESS_NOT_VALID');
        if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
        const file = {
          key: `${prefix}/${sha256}`,
          contentType: type ?? '',
          disposition: dispositionOf(as ?? '', name ?? ''),
          // Whoever has the address may keep the file as long as they could fetch it.
          cacheControl: `private, max-age=${Math.floor(leftMs / 1000)}, immutable`,
        };
        return answerWithFile(objects, file, request);
      },
    },
  };
}

/** As RFC 6266 and RFC 8187 have it: an ASCII name for old clients, and the name itself. */
function dispositionOf(as: string, name: string): string {
  const ascii = name.replaceAll(/[^ !#-[\]-~]/g, '_').replaceAll('%', '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${as}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
