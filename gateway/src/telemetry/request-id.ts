import { randomUUID } from 'node:crypto';

/** What a proxy in front may send; anything else could forge log lines or fill them. */
const SANE = /^[A-Za-z0-9._:-]{8,128}$/;

/** The caller's request id when it is fit to be logged and echoed, else a new one. */
export function requestIdFrom(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
