import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDownloadDoor, createFileSigner, createUploadDoor } from '@civitas/platform/files';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { serveSubgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { stubSubgraph } from '@civitas/testkit/stub-subgraph';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openedGateway } from '../../testing/opened-gateway.ts';
import { passFiles } from '../../upstream/pass-files.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const SECRETS = ['the newest secret of all, 32 characters', 'the one before that, also 32 long'];
const PAGE = 'https://shop.example';
const shapes = ['one process', 'many processes'] as const;

/** A gateway with the doors of files, beside it or behind it, over an empty directory. */
async function open(
  shape: (typeof shapes)[number],
  { idleMs = 5_000, now = () => new Date() } = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-files-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const objects = connectObjectStore({ url: pathToFileURL(directory).href }) as ObjectStore;
  const shared = { objects, publicUrl: 'http://gateway.invalid', now };
  const uploadsBy = (secrets: readonly string[]) =>
    createUploadDoor({
      ...shared,
      path: '/files/uploads/',
      prefix: 'incoming',
      signer: createFileSigner(secrets, 'upload'),
      idleMs,
    });
  const downloadsBy = (secrets: readonly string[]) =>
    createDownloadDoor({
      ...shared,
      path: '/files/',
      prefix: 'file',
      signer: createFileSigner(secrets, 'download'),
    });
  const [uploads, downloads] = [uploadsBy(SECRETS), downloadsBy(SECRETS)];
  const routes = [uploads.route, downloads.route];
  const { origin } = await openedGateway({
    routes: shape === 'one process' ? routes : passFiles('/files/', [await serve(routes)]),
    corsOrigins: [PAGE],
  });
  const here = (address: string) => address.replace('http://gateway.invalid', origin);
  return {
    objects,
    openUpload: (bytes: number, secrets = SECRETS) => {
      const { objectKey, address } = uploadsBy(secrets).open(bytes, now());
      return { objectKey, url: here(address.url) };
    },
    addressOf: (
      sha256: string,
      { secrets = SECRETS, ...changes }: Record<string, unknown> & { secrets?: string[] } = {},
    ) => {
      const file = { sha256, mediaType: 'image/png', name: 'bees “1”.png', isAttachment: false };
      return here(downloadsBy(secrets).addressOf({ ...file, ...changes }, now()));
    },
    left: async () =>
      (await readdir(directory, { recursive: true })).filter((path) => /[0-9a-f]{64}/.test(path)),
  };
}

async function serve(
  routes: Parameters<typeof openedGateway>[0] extends { routes?: infer R } | undefined
    ? NonNullable<R>
    : never,
): Promise<string> {
  const served = await serveSubgraph(
    stubSubgraph({ name: 'files', sdl: 'type Query { one: Int }', resolvers: {}, routes, log }),
    { port: 0, host: '127.0.0.1', internalSecret: 'a secret of 32 characters or more', log },
  );
  onTestFinished(() => served.close());
  return served.url;
}

const codeOf = async (answer: Response) => [
  answer.status,
  JSON.parse(await answer.text()).errors[0].extensions.code,
];

describe.each(shapes)('in %s', (shape) => {
  test('a file of many pieces goes in by a signed address, and arrives as it was', async () => {
    const { openUpload, objects } = await open(shape);
    const bytes = randomBytes(3_000_000);
    const { url, objectKey } = openUpload(bytes.length);
    const answer = await fetch(url, { method: 'PUT', body: bytes, headers: { origin: PAGE } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    expect(Buffer.from((await objects.get(objectKey)) ?? []).equals(bytes)).toBe(true);
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: PAGE, 'access-control-request-method': 'PUT' },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toBe('PUT');
  });

  test('an address that was changed, has expired, or is of another key opens no door', async () => {
    let at = new Date();
    const { openUpload, addressOf, objects, left } = await open(shape, { now: () => at });
    const sha256 = createHash('sha256').update('x').digest('hex');
    await objects.put(`file/${sha256}`, Buffer.from('x'), 'image/png');
    const before = await left();
    const { url } = openUpload(4);
    const put = (to: string) => fetch(to, { method: 'PUT', body: 'bees' });
    const [, name = ''] = /uploads\/(\w+)/.exec(url) ?? [];
    const changedUploads = [
      url.replace('bytes=4', 'bytes=5'),
      url.replace(/until=\d/, 'until=9'),
      url.replace(/signature=.{6}/, 'signature=AAAAAA'),
      url.replace(/&signature=.*/, ''),
      url.replace(name, `${name.slice(1)}0`),
      url.replace(name, '..%2f..%2fsecret'),
      openUpload(4, ['a secret that nobody here has ever heard']).url,
    ];
    for (const changed of changedUploads) {
      expect([changed, ...(await codeOf(await put(changed)))]).toEqual([
        changed,
        403,
        'FILE_ADDRESS_NOT_VALID',
      ]);
    }
    const address = addressOf(sha256);
    const changedDownloads = [
      address.replace('type=image%2Fpng', 'type=text%2Fhtml'),
      address.replace('as=inline', 'as=attachment'),
      address.replace(/name=[^&]*/, 'name=other.html'),
      address.replace(/until=\d/, 'until=9'),
      address.replace(sha256, createHash('sha256').update('y').digest('hex')),
      `${address}&type=text%2Fhtml`.replace('type=image%2Fpng&', ''),
      addressOf(sha256, { secrets: ['a secret that nobody here has ever heard'] }),
    ];
    for (const changed of changedDownloads) {
      expect([changed, ...(await codeOf(await fetch(changed)))]).toEqual([
        changed,
        403,
        'FILE_ADDRESS_NOT_VALID',
      ]);
    }
    // Signed by the secret before this one.
    const older = await fetch(addressOf(sha256, { secrets: SECRETS.slice(1) }));
    expect([older.status, await older.text()]).toEqual([200, 'x']);
    at = new Date(at.getTime() + 2 * 3_600_000);
    expect(await codeOf(await fetch(address))).toEqual([403, 'FILE_ADDRESS_NOT_VALID']);
    expect(await codeOf(await put(url))).toEqual([403, 'FILE_ADDRESS_NOT_VALID']);
    expect(await left()).toEqual(before);
  });

  test('what is longer or shorter than was said, stops, or is cut off leaves nothing behind', async () => {
    const { openUpload, left } = await open(shape, { idleMs: 200 });
    const { url } = openUpload(100_000);
    const put = (body: Buffer<ArrayBuffer>) => fetch(url, { method: 'PUT', body });
    expect(await codeOf(await put(Buffer.alloc(200_000)))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await codeOf(await put(Buffer.alloc(99_999)))).toEqual([400, 'BAD_REQUEST']);
    // Who never stops sending may not hear the refusal; that they are cut off, they cannot miss.
    const endless = httpRequest(url, { method: 'PUT' });
    endless.on('error', () => undefined);
    const piece = Buffer.alloc(50_000);
    const send = () => {
      while (!endless.destroyed && endless.write(piece));
    };
    endless.on('drain', send);
    send();
    await new Promise((resolve) => endless.once('close', resolve));
    const slow = httpRequest(url, { method: 'PUT', headers: { 'content-length': 100_000 } });
    slow.on('error', () => undefined);
    slow.write(Buffer.alloc(10));
    const [answer] = await once(slow, 'response');
    expect(answer.statusCode).toBe(408);
    slow.destroy();
    const leaving = httpRequest(url, { method: 'PUT', headers: { 'content-length': 100_000 } });
    leaving.on('error', () => undefined);
    leaving.write(Buffer.alloc(50_000));
    await expect.poll(async () => (await left()).length).toBeGreaterThan(0);
    leaving.destroy();
    await expect.poll(left).toEqual([]);
  });

  test('a file is served whole, in parts, and not again to who has it', async () => {
    const { addressOf, objects } = await open(shape);
    const bytes = randomBytes(1_000_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await objects.put(`file/${sha256}`, bytes, 'image/png');
    const url = addressOf(sha256);
    const get = (headers: Record<string, string> = {}, method = 'GET') =>
      fetch(url, { headers, method });
    const whole = await get({ origin: PAGE });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const headers = Object.fromEntries(whole.headers);
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'access-control-allow-origin': PAGE,
      'cache-control': expect.stringMatching(/^private, max-age=\d+, immutable$/),
      'content-disposition': `inline; filename="bees _1_.png"; filename*=UTF-8''bees%20%E2%80%9C1%E2%80%9D.png`,
      'content-length': '1000000',
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'cross-origin',
      etag: `"${sha256}"`,
      'x-content-type-options': 'nosniff',
    });
    expect(headers['set-cookie']).toBeUndefined();
    const head = await get({}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      '1000000',
      '',
    ]);
    const part = await get({ range: 'bytes=999990-' });
    expect([
      part.status,
      part.headers.get('content-range'),
      part.headers.get('content-length'),
    ]).toEqual([206, 'bytes 999990-999999/1000000', '10']);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(-10))).toBe(true);
    const beyond = await get({ range: 'bytes=1000000-' });
    expect([beyond.headers.get('content-range'), ...(await codeOf(beyond))]).toEqual([
      'bytes */1000000',
      416,
      'RANGE_NOT_SATISFIABLE',
    ]);
    const statusFor = async (asked: Record<string, string>) => {
      const answer = await get(asked);
      await answer.arrayBuffer();
      return answer.status;
    };
    const etag = `"${sha256}"`;
    const modified = headers['last-modified'] ?? '';
    const range = 'bytes=0-9';
    expect(await statusFor({ range: 'bytes=0-1,5-6' })).toBe(200);
    expect(await statusFor({ range, 'if-range': etag })).toBe(206);
    expect(await statusFor({ range, 'if-range': modified })).toBe(206);
    expect(await statusFor({ range, 'if-range': '"another"' })).toBe(200);
    expect(await statusFor({ 'if-none-match': `"another", ${etag}` })).toBe(304);
    expect(await statusFor({ 'if-none-match': '"another"', 'if-modified-since': modified })).toBe(
      200,
    );
    expect(await statusFor({ 'if-modified-since': modified })).toBe(304);
    expect(await statusFor({ 'if-modified-since': 'yesterday' })).toBe(200);
    expect(await codeOf(await fetch(addressOf('0'.repeat(64))))).toEqual([404, 'NOT_FOUND']);
  });

  test('who leaves in the middle of a file, or reads slowly, holds nothing up', async () => {
    const { addressOf, objects } = await open(shape);
    const bytes = randomBytes(20_000_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await objects.put(`file/${sha256}`, bytes, 'image/png');
    const before = process.memoryUsage().arrayBuffers;
    const reads = Array.from({ length: 8 }, () => httpRequest(addressOf(sha256)).end());
    const answers = await Promise.all(reads.map(async (read) => (await once(read, 'response'))[0]));
    await wait(100);
    // Nobody has read anything, so that most of the 160 MB is still on disk.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80_000_000);
    for (const answer of answers) answer.destroy();
    expect((await fetch(addressOf(sha256), { method: 'HEAD' })).status).toBe(200);
  });
});
