import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createDiskStore } from './disk-store.ts';
import type { ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';

/** What a process is told about its store; an empty value means none. */
export const objectStoreShape = {
  OBJECTS_URL: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
};

interface ConnectOptions {
  /**
   * `file:///path` of a directory, or `s3://bucket?region=eu-central-1&endpoint=https://…`. Absent: there
   * is no store.
   */
  readonly url: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
}

/** @throws Error naming what is wrong with the URL; its message holds no secret. */
export function connectObjectStore(options: ConnectOptions): ObjectStore | null {
  const { url, accessKeyId = '', secretAccessKey = '' } = options;
  if (url === undefined || url === '') return null;
  const { protocol, hostname: bucket, searchParams } = new URL(url);
  if (protocol === 'file:') return createDiskStore(fileURLToPath(url));
  if (protocol !== 's3:' || bucket === '') {
    throw new Error('OBJECTS_URL must begin with `file:///`, or with `s3://` and a bucket.');
  }
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new Error('OBJECTS_URL names a bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too.');
  }
  const region = searchParams.get('region') ?? 'us-east-1';
  const endpoint = searchParams.get('endpoint') ?? undefined;
  return createS3Store({ bucket, endpoint, region, accessKeyId, secretAccessKey });
}
