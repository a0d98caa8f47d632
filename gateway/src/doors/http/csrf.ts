import type { IncomingHttpHeaders } from 'node:http';
import { CivitasError, catalogue } from '@civitas/platform/errors';

/** A page of another origin cannot set any of these without a preflight, which we answer by list. */
const PROOFS = [
  'x-civitas-preflight',
  'apollo-require-preflight',
  'civitas-session',
  'x-apollo-operation-name',
] as const;

/** The content types of an HTML form: a browser sends them anywhere without asking. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/**
 * Refuses what any web page can make a visitor's browser send without a preflight ("simple"
 * requests): such a request could run an operation, or measure one, with the visitor's network
 * position. Same rules as Apollo Server, and a bearer token is a proof, too.
 *
 * @throws CivitasError `CSRF_PREVENTION`
 */
export function refuseSimpleRequest(headers: IncomingHttpHeaders): void {
  if (PROOFS.some((name) => headers[name])) return;
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type && !FORM_TYPES.has(type)) return;
  // Nor can it set this one; what a browser adds by itself after a password dialog is `Basic`.
  if (/^Bearer +\S/i.test(headers.authorization ?? '')) return;
  throw new CivitasError('CSRF_PREVENTION', {
    message: `${catalogue.CSRF_PREVENTION.message} Send the header "${PROOFS[0]}: 1".`,
  });
}
