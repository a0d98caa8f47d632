import { randomBytes } from 'node:crypto';
import { Transform } from 'node:stream';
import { CivitasError } from '../errors/index.ts';
import type { ObjectStore } from '../objects/index.ts';
import type { HttpRoute } from '../subgraph/index.ts';
import type { FileSigner } from './file-signer.ts';

/** Until an upload has to be there. */
export const UPLOAD_MS = 15 * 60_000;
/** Who sends nothing for so long is not uploading. */
const IDLE_MS = 15_000;
const SENT_AGAIN = 'The same file is being sent again.';

export interface UploadDoor {
  /** Where files that arrive are kept until they are looked at; see `collectUploads`. */
  readonly prefix: string;
  /** Makes an address to send a file to. Who has it may do so, more than once, until it expires or is not wanted any more. */
  open(bytes: number, now: Date): { readonly objectKey: string; readonly address: UploadAddress };
  readonly route: HttpRoute;
}

export interface UploadAddress {
  readonly url: string;
  readonly expiresAt: Date;
}

interface UploadDoorOptions {
  readonly objects: ObjectStore | null;
  /** E.g. `/files/uploads/`. */
  readonly path: string;
  /** Of keys in the store. */
  readonly prefix: string;
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  readonly signer: FileSigner;
  readonly now: () => Date;
  /**
   * Whether somebody still waits for this file. Asked before it is taken, and again when it has arrived, so that
   * an address is good for nothing once what it was opened for is done, given up or gone. Absent: until it expires.
   */
  readonly isWanted?: (objectKey: string) => Promise<boolean>;
  /** Default 15 s. */
  readonly idleMs?: number;
}

/**
 * The door that files come in by: an address is good for one key and one length, which it is signed for, and
 * takes one sending at a time: who sends again, because the line was lost, is not kept waiting by the one before.
 */
export function createUploadDoor(options: UploadDoorOptions): UploadDoor {
  const { objects, path: base, prefix, publicUrl, signer, now, idleMs = IDLE_MS } = options;
  const isWanted = options.isWanted ?? (async () => true);
  const arrivals = new Map<string, Transform>();
  return {
    prefix,
    open: (bytes, at) => {
      if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
      const name = randomBytes(32).toString('hex');
      const expiresAt = new Date(at.getTime() + UPLOAD_MS);
      const until = expiresAt.getTime();
      const url = new URL(`${base}${name}`, publicUrl);
      const signature = signer.sign(name, bytes, until);
      url.search = new URLSearchParams({
        bytes: String(bytes),
        until: String(until),
        signature,
      }).toString();
      return { objectKey: `${prefix}/${name}`, address: { url: url.href, expiresAt } };
    },
    route: {
      method: 'PUT',
      path: `${base}*`,
      body: 'stream',
      handle: async ({ path, query, headers, stream }) => {
        const name = path.slice(base.length);
        const bytes = Number(query?.get('bytes'));
        const until = Number(query?.get('until'));
        const isSigned = signer.isSigned(query?.get('signature') ?? '', name, bytes, until);
        if (!isSigned || until <= now().getTime()) throw new CivitasError('FILE_ADDRESS_NOT_VALID');
        if (!objects || !stream) throw new CivitasError('SERVICE_UNAVAILABLE');
        const declared = headers['content-length']?.toString();
        if (declared !== undefined && Number(declared) !== bytes)
          throw wrongLength(bytes, declared);
        const arriving = arrivingPieces(bytes, idleMs);
        stream.once('error', (error) => arriving.destroy(error));
        stream.once('close', () => {
          if (!stream.readableEnded) arriving.destroy(endedEarly());
        });
        const key = `${prefix}/${name}`;
        arrivals.get(name)?.destroy(new CivitasError('CONFLICT', { message: SENT_AGAIN }));
        arrivals.set(name, arriving);
        try {
          if (!(await isWanted(key))) throw new CivitasError('FILE_ADDRESS_NOT_VALID');
          stream.pipe(arriving);
          await objects.putStream(key, arriving, bytes, 'application/octet-stream');
        } catch (error) {
          stream.unpipe(arriving);
          stream.pause();
          throw arriving.errored instanceof CivitasError ? arriving.errored : error;
        } finally {
          if (arrivals.get(name) === arriving) arrivals.delete(name);
          arriving.destroy();
        }
        if (!(await isWanted(key))) {
          await objects.delete(key);
          throw new CivitasError('FILE_ADDRESS_NOT_VALID');
        }
        return { status: 204, body: '' };
      },
    },
  };
}

/** The same bytes; fails with what is wrong about them: too many, too few, or too slow. */
function arrivingPieces(bytes: number, idleMs: number): Transform {
  let seen = 0;
  let late: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(late);
    late = setTimeout(() => pieces.destroy(new CivitasError('REQUEST_TIMEOUT')), idleMs);
  };
  const pieces = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      wait();
      done(seen > bytes ? wrongLength(bytes, seen) : null, chunk);
    },
    flush(done) {
      done(seen === bytes ? null : endedEarly());
    },
    destroy(error, done) {
      clearTimeout(late);
      done(error);
    },
  });
  // Who stores them may not listen yet, or no more; they look at what is wrong themselves.
  pieces.on('error', () => undefined);
  wait();
  return pieces;
}

function wrongLength(bytes: number, found: number | string): CivitasError {
  return Number(found) > bytes
    ? new CivitasError('PAYLOAD_TOO_LARGE', { details: { maximumBytes: bytes } })
    : new CivitasError('BAD_REQUEST', { message: `The file was to be ${bytes} bytes long.` });
}

function endedEarly(): CivitasError {
  return new CivitasError('BAD_REQUEST', { message: 'The file ended early.' });
}

/** Deletes what has arrived and was never asked for again. @returns how many. */
export async function collectUploads(
  objects: ObjectStore,
  prefix: string,
  putBefore: Date,
): Promise<number> {
  let deleted = 0;
  for await (const { key, putAt } of objects.list(prefix)) {
    if (putAt >= putBefore) continue;
    await objects.delete(key);
    deleted += 1;
  }
  return deleted;
}
