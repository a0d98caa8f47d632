import { CivitasError } from '../errors/index.ts';
import type { ObjectStore, StoredObject } from '../objects/index.ts';
import type { HttpRouteAnswer, HttpRouteRequest } from '../subgraph/index.ts';
import { readByteRange } from './byte-range.ts';

interface FileAnswer {
  readonly key: string;
  readonly contentType: string;
  readonly disposition: string;
  readonly cacheControl: string;
}

/**
 * Nothing in a file can do anything, whatever it is: no script runs, nothing is loaded, and it has an
 * origin of its own, which has no cookies. Other sites may show it.
 */
const HARMLESS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/**
 * Answers `GET` and `HEAD` with a file, whole or a stretch of it, as RFC 9110 has it: conditions first, then
 * the range. Files never change, so their hash is their entity tag.
 *
 * @throws CivitasError `NOT_FOUND`.
 */
export async function answerWithFile(
  objects: ObjectStore,
  file: FileAnswer,
  { method, headers }: Pick<HttpRouteRequest, 'method' | 'headers'>,
): Promise<HttpRouteAnswer> {
  const found = await objects.describe(file.key);
  if (!found) throw new CivitasError('NOT_FOUND');
  const { bytes } = found;
  const etag = `"${file.key.split('/')[1]}"`;
  const shared = {
    ...HARMLESS,
    etag,
    'last-modified': found.putAt.toUTCString(),
    'cache-control': file.cacheControl,
    'accept-ranges': 'bytes',
  };
  const asked = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (isKnown(asked('if-none-match'), asked('if-modified-since'), etag, found)) {
    return { status: 304, headers: shared, body: '' };
  }
  const isSame = isUnchanged(asked('if-range'), etag, found);
  const range = isSame ? readByteRange(asked('range'), bytes) : null;
  if (range === 'unsatisfiable') {
    const { message, extensions } = new CivitasError('RANGE_NOT_SATISFIABLE');
    return {
      status: 416,
      headers: { 'content-type': 'application/json', 'content-range': `bytes */${bytes}` },
      body: JSON.stringify({ errors: [{ message, extensions }] }),
    };
  }
  const length = range ? range.to - range.from + 1 : bytes;
  const body =
    method === 'HEAD' ? '' : ((await objects.read(file.key, range ?? undefined)) ?? missing());
  return {
    status: range ? 206 : 200,
    headers: {
      ...shared,
      'content-type': file.contentType,
      'content-disposition': file.disposition,
      'content-length': String(length),
      ...(range && { 'content-range': `bytes ${range.from}-${range.to}/${bytes}` }),
    },
    body,
  };
}

function missing(): never {
  throw new CivitasError('NOT_FOUND');
}

function isKnown(
  match: string | undefined,
  since: string | undefined,
  etag: string,
  found: StoredObject,
): boolean {
  if (match !== undefined) {
    return match.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()));
  }
  return since !== undefined && seconds(found.putAt) <= Math.floor(Date.parse(since) / 1000);
}

/** Whether what a client has a part of is this very file; without a condition it says so itself. */
function isUnchanged(condition: string | undefined, etag: string, found: StoredObject): boolean {
  if (condition === undefined || condition === etag) return true;
  return seconds(found.putAt) === Date.parse(condition) / 1000;
}

/** Dates of HTTP know nothing smaller. */
function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
