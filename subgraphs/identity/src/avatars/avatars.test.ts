import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@civitas/platform/database';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { findRoute } from '@civitas/platform/subgraph';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { IdentityDatabase } from '../context.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { type Registered, useIdentity } from '../testing/use-identity.ts';
import { collectAvatars } from './collect-avatars.ts';

const directory = await mkdtemp(join(tmpdir(), 'civitas-avatars-'));
afterAll(() => rm(directory, { recursive: true }));
const objects = connectObjectStore({ url: pathToFileURL(directory).href }) as ObjectStore;
const identity = useIdentity({ objects });

const START = /* GraphQL */ `
  mutation ($bytes: Int!) {
    result: startAvatarUpload(input: { bytes: $bytes }) {
      __typename ... on StartAvatarUploadSuccess { upload { id url } }
    }
  }
`;
const FINISH = /* GraphQL */ `
  mutation ($id: String!) {
    result: finishAvatarUpload(input: { uploadId: $id }) {
      __typename ... on FinishAvatarUploadSuccess { user { small: avatar(size: SMALL) large: avatar(size: LARGE) } }
    }
  }
`;
const SEEN = 'query ($id: ID!) { user(id: $id) { avatar } }';
const SHOW =
  'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }';

const picture = (color: string) =>
  sharp({ create: { width: 90, height: 60, channels: 3, background: color } })
    .withExif({ IFD0: { Artist: 'at home' } })
    .jpeg()
    .toBuffer();

async function ask(method: string, url: string, body?: Buffer) {
  const { pathname, searchParams: query } = new URL(url);
  const route = findRoute(identity.subgraph.routes, method, pathname);
  if (!route) throw new Error('No such route.');
  const stream = Readable.from(body ? [body] : []);
  return route.handle({ method, path: pathname, query, body: Buffer.of(), stream, headers: {} });
}

async function give(who: Registered, file: Buffer) {
  const as = identity.as(who.viewer);
  const { upload } = (await as.run(START, { bytes: file.length })).result;
  await ask('PUT', upload.url, file);
  return (await as.run(FINISH, { id: upload.id })).result;
}

async function collect(): Promise<number> {
  const db: IdentityDatabase = createDatabase({
    url: identity.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  return collectAvatars(db, objects).finally(() => db.close());
}

test('a picture becomes squares in three sizes without anything but pixels, for everybody at first', async () => {
  const ada = await identity.register();
  expect((await identity.as().run(SEEN, { id: ada.viewer.id })).user.avatar).toBeNull();
  const { user } = await give(ada, await picture('orange'));
  const { headers, body } = await ask('GET', user.small);
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'image/webp',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  const small = await buffer(body as Readable);
  expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 64, height: 64 });
  expect(small.includes('at home')).toBe(false);
  const large = await buffer((await ask('GET', user.large)).body as Readable);
  expect(await sharp(large).metadata()).toMatchObject({ width: 512, height: 512 });
  expect((await identity.as().run(SEEN, { id: ada.viewer.id })).user.avatar).toMatch(
    /^https:\/\/civitas\.test\/avatars\/[0-9a-f]{64}$/,
  );
});

test('who shows their picture to nobody else is seen without one', async () => {
  const ada = await identity.register();
  await give(ada, await picture('teal'));
  await identity.as(ada.viewer).run(SHOW, { input: { visibility: { avatar: 'ONLY_ME' } } });
  expect((await identity.as().run(SEEN, { id: ada.viewer.id })).user.avatar).toBeNull();
  expect(
    (await identity.as(ada.viewer).run(SEEN, { id: ada.viewer.id })).user.avatar,
  ).not.toBeNull();
});

test('what is no picture is refused, and so are a guessed upload and one that never arrived', async () => {
  const ada = await identity.register();
  for (const file of [
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '%PDF-1.7\n%%EOF',
    '\xff\xd8\xff broken',
  ]) {
    const result = await give(ada, Buffer.from(file, 'latin1'));
    expect(result.__typename).toBe('AvatarRefused');
  }
  const as = identity.as(ada.viewer);
  const finish = async (id: string) => (await as.run(FINISH, { id })).result.__typename;
  expect(await finish('0'.repeat(64))).toBe('AvatarUploadNotFound');
  expect(await finish('../avatar')).toBe('InvalidInput');
  const start = async (bytes: number) => (await as.run(START, { bytes })).result.__typename;
  expect([await start(0), await start(5 * 1024 * 1024 + 1)]).toEqual([
    'InvalidInput',
    'InvalidInput',
  ]);
  expect(await identity.as().codes(START, { bytes: 1 })).toEqual(['UNAUTHENTICATED']);
  const kinds = [];
  for (let each = 0; each < 21; each += 1) kinds.push(await start(10));
  expect(kinds).toContain('TooManyAttempts');
});

test('files go with the last person who has the picture, and never with one who has it too', async () => {
  const [ada, bob] = [await identity.register(), await identity.register()];
  const file = await picture('plum');
  const { user } = await give(ada, file);
  await give(bob, file);
  const isThere = async () => (await ask('HEAD', user.small).catch(() => null))?.status === 200;
  const remove = (who: Registered) =>
    identity
      .as(who.viewer)
      .run(
        'mutation { removeAvatar { __typename ... on RemoveAvatarSuccess { user { avatar } } } }',
        {},
      );
  expect((await remove(ada)).removeAvatar.user.avatar).toBeNull();
  await collect();
  expect(await isThere()).toBe(true);
  let isDone = false;
  const collecting = (async () => {
    while (!isDone) await collect();
  })();
  for (let round = 0; round < 5; round += 1) {
    await remove(bob);
    await give(bob, file);
    expect(await isThere()).toBe(true);
  }
  isDone = true;
  await collecting;
  await remove(bob);
  await collect();
  expect(await isThere()).toBe(false);
});
