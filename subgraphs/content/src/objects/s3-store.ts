import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { assertKey, type ObjectStore, type StoredObject } from './object-store.ts';

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
  });
  return {
    put: async (Key, Body, ContentType) => {
      assertKey(Key);
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    },
    get: async (Key) => {
      assertKey(Key);
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return Body ? await Body.transformToByteArray() : null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
    delete: async (Key) => {
      assertKey(Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    list: (prefix) => listObjects(client, Bucket, prefix),
    close: () => client.destroy(),
  };
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
