import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const S3_KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' };

/**
 * A bucket in memory that refuses requests whose AWS Signature Version 4 it cannot compute itself. See
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
 */
export async function startS3Server(): Promise<{ url: string }> {
  const files = new Map<string, StoredFile>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => null);
    // Who leaves in the middle has stored nothing.
    if (body === null) return;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const key = pathname.split('/').slice(2).join('/');
    if (!isSigned(request, body)) {
      response.writeHead(403, { 'content-type': 'application/xml' });
      return response.end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    }
    if (request.method === 'PUT') {
      files.set(key, { body, putAt: new Date() });
      return response.end();
    }
    if (request.method === 'DELETE') {
      files.delete(key);
      return response.writeHead(204).end();
    }
    response.setHeader('content-type', 'application/xml');
    if (key === '') return response.end(listing(files, searchParams.get('prefix') ?? ''));
    const file = files.get(key);
    if (file) return sendFile(request, response, file);
    return response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = encodeURIComponent(`http://127.0.0.1:${port}`);
  return { url: `s3://bucket?region=eu-central-1&endpoint=${endpoint}` };
}

interface StoredFile {
  readonly body: Buffer;
  readonly putAt: Date;
}

/** Whole, or the stretch that was asked for. */
function sendFile(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { body, putAt }: StoredFile,
) {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const part = from === undefined ? body : body.subarray(Number(from), Number(to) + 1);
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': part.length,
    'last-modified': putAt.toUTCString(),
  });
  response.end(method === 'HEAD' ? undefined : part);
}

function listing(files: ReadonlyMap<string, StoredFile>, prefix: string): string {
  const contents = [...files]
    .filter(([key]) => key.startsWith(prefix))
    .map(
      ([key, { body, putAt }]) =>
        `<Contents><Key>${key}</Key><Size>${body.length}</Size><LastModified>${putAt.toISOString()}</LastModified></Contents>`,
    );
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const header = request.headers.authorization ?? '';
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      header,
    ) ?? [];
  const payload = String(request.headers['x-amz-content-sha256']);
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body)) return false;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const query = Array.from(
    searchParams,
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name])}\n`);
  const canonical = [
    request.method,
    pathname,
    query.toSorted().join('&'),
    headers.join(''),
    names,
    payload,
  ].join('\n');
  const toSign = `AWS4-HMAC-SHA256\n${String(request.headers['x-amz-date'])}\n${scope}\n${sha256(canonical)}`;
  const key = scope
    .split('/')
    .reduce<Buffer | string>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      `AWS4${S3_KEYS.secretAccessKey}`,
    );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}

function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
