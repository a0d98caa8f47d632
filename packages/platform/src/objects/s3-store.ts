import { pipeline, Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { exactLength } from './exact-length.ts';
import { assertKey, type ObjectStore, type StoredObject } from './object-store.ts';
import { nameStorageFull } from './storage-full.ts';

export interface S3Options {
  readonly bucket: string;
  /** Absent: Amazon's own, of the region. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const TIMEOUT_MS = 10_000;

/** A bucket of anything that speaks S3. Requests that fail are tried three times. */
export function createS3Store({ bucket: Bucket, ...options }: S3Options): ObjectStore {
  const { endpoint, region, accessKeyId, secretAccessKey } = options;
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    // Servers other than Amazon's rarely have a host name for each bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    requestHandler: { requestTimeout: TIMEOUT_MS, connectionTimeout: TIMEOUT_MS },
    // Otherwise streams are sent in a form that many of those servers do not read.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const fetchObject = async (Key: string, Range?: string) => {
    assertKey(Key);
    const command = new GetObjectCommand({ Bucket, Key, ...(Range && { Range }) });
    return (await client.send(command).catch(unlessMissing))?.Body ?? null;
  };
  return {
    put: async (Key, Body, ContentType) => {
      assertKey(Key);
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType })).catch(unlessFull);
    },
    putStream: async (Key, source, ContentLength, ContentType) => {
      assertKey(Key);
      const Body = exactLength(ContentLength);
      const stopped = new AbortController();
      const failed = new Promise<never>((_, reject) => {
        pipeline(source, Body, (error) => {
          if (!error) return;
          stopped.abort(error);
          reject(error);
        });
      });
      const command = new PutObjectCommand({ Bucket, Key, Body, ContentLength, ContentType });
      const sent = client.send(command, { abortSignal: stopped.signal }).catch(unlessFull);
      await Promise.race([failed, sent]);
    },
    get: async (Key) => (await fetchObject(Key))?.transformToByteArray() ?? null,
    read: async (Key, range) => {
      const body = await fetchObject(Key, range && `bytes=${range.from}-${range.to}`);
      return body instanceof Readable ? body : null;
    },
    describe: async (Key) => {
      assertKey(Key);
      const found = await client.send(new HeadObjectCommand({ Bucket, Key })).catch(unlessMissing);
      if (!found) return null;
      const { ContentLength: bytes = 0, LastModified: putAt = new Date() } = found;
      return { key: Key, bytes, putAt };
    },
    delete: async (Key) => {
      assertKey(Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    list: (prefix) => listObjects(client, Bucket, prefix),
    close: () => client.destroy(),
  };
}

function unlessFull(error: unknown): never {
  throw nameStorageFull(error);
}

function unlessMissing(error: unknown): null {
  if (error instanceof NoSuchKey || error instanceof NotFound) return null;
  throw error;
}

async function* listObjects(
  client: S3Client,
  Bucket: string,
  prefix: string,
): AsyncGenerator<StoredObject> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: `${prefix}/` })) {
    for (const { Key: key, Size: bytes = 0, LastModified: putAt = new Date() } of page.Contents ??
      []) {
      if (key !== undefined) yield { key, bytes, putAt };
    }
  }
}
