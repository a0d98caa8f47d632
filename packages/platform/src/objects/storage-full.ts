import { CivitasError } from '../errors/index.ts';

/** Of the system: no room on the disk, no more for this user, no larger files. */
const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** RFC 4918; MinIO and Ceph answer it, or one of these. */
const INSUFFICIENT_STORAGE = 507;
const BUCKET_CODES = new Set(['QuotaExceeded', 'XMinioStorageFull']);

interface StoreFailure {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Gives a failure of a store for lack of room its code, and leaves every other as it is; to be thrown. */
export function nameStorageFull(cause: unknown): unknown {
  const { code, name, $metadata } = (cause ?? {}) as StoreFailure;
  const isFull =
    SYSTEM_CODES.has(String(code)) ||
    BUCKET_CODES.has(String(name)) ||
    $metadata?.httpStatusCode === INSUFFICIENT_STORAGE;
  return isFull ? new CivitasError('STORAGE_FULL', { cause }) : cause;
}
