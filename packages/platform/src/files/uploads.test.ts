import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { ObjectStore } from '../objects/index.ts';
import { createFileSigner } from './file-signer.ts';
import { createUploadDoor } from './uploads.ts';

/** Sends a file of ten bytes of which five arrive, to a store that takes it in its own way. */
async function sendHalf(putStream: (source: Readable) => Promise<void>) {
  const now = new Date();
  const objects: Partial<ObjectStore> = { putStream: (_, source) => putStream(source) };
  const door = createUploadDoor({
    objects: objects as ObjectStore,
    path: '/files/uploads/',
    prefix: 'uploads',
    publicUrl: 'http://127.0.0.1',
    signer: createFileSigner(['a secret of the test, long enough'], 'uploads'),
    now: () => now,
    idleMs: 10,
  });
  const { pathname: path, searchParams: query } = new URL(door.open(10, now).address.url);
  const stream = new PassThrough();
  stream.write('12345');
  return door.route.handle({ path, query, headers: {}, body: Buffer.alloc(0), stream });
}

test('a store that begins when nobody is sending any more answers so, and the process lives', async () => {
  const slow = async (source: Readable) => {
    source.resume();
    await once(source, 'close');
    throw new Error('The source ended early.');
  };
  await expect(sendHalf(slow)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
});

test('a store that takes nothing ends the upload, and nothing is left waiting for the sender', async () => {
  let given: Readable | undefined;
  const full = (source: Readable) => {
    given = source;
    return Promise.reject(new Error('No space left.'));
  };
  await expect(sendHalf(full)).rejects.toThrow('No space left.');
  expect(given?.destroyed).toBe(true);
});
