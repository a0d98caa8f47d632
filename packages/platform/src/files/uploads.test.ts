import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
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

/** A door for one file of ten bytes to a store in memory; `isWanted` is asked each time. */
function openDoor(isWanted?: () => Promise<boolean>) {
  const stored = new Map<string, string>();
  const objects: Partial<ObjectStore> = {
    putStream: async (key, source) => {
      const pieces = [];
      for await (const piece of source) pieces.push(String(piece));
      stored.set(key, pieces.join(''));
    },
    delete: async (key) => void stored.delete(key),
  };
  const door = createUploadDoor({
    objects: objects as ObjectStore,
    path: '/files/uploads/',
    prefix: 'uploads',
    publicUrl: 'http://127.0.0.1',
    signer: createFileSigner(['a secret of the test, long enough'], 'uploads'),
    now: () => new Date(),
    ...(isWanted && { isWanted }),
  });
  const { pathname: path, searchParams: query } = new URL(door.open(10, new Date()).address.url);
  const send = (stream: Readable) =>
    door.route.handle({ path, query, headers: {}, body: Buffer.alloc(0), stream });
  return { stored, send };
}

test('an address takes nothing that nobody waits for, and keeps nothing of it', async () => {
  const answers = [false, true, false, true, true];
  const { stored, send } = openDoor(async () => answers.shift() ?? true);
  const sent = () => send(Readable.from([Buffer.from('0123456789')]));
  for (const _ of ['before it is sent', 'while it is sent']) {
    await expect(sent()).rejects.toMatchObject({ code: 'FILE_ADDRESS_NOT_VALID' });
    expect(stored.size).toBe(0);
  }
  expect((await sent()).status).toBe(204);
  expect([...stored.values()]).toEqual(['0123456789']);
});

test('who sends a file again is not kept waiting by a line that is dead, and only the last is kept', async () => {
  const { stored, send } = openDoor();
  const dead = new PassThrough();
  dead.write('01234');
  const before = send(dead).catch((error: unknown) => error);
  expect((await send(Readable.from([Buffer.from('abcdefghij')]))).status).toBe(204);
  expect(await before).toMatchObject({ code: 'CONFLICT' });
  expect([...stored.values()]).toEqual(['abcdefghij']);
});
