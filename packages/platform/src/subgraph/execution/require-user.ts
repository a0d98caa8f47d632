import { CivitasError } from '../../errors/index.ts';
import type { UserViewer } from '../callers/viewer.ts';
import type { RequestContext } from '../types.ts';

/**
 * The signed-in user of a request. Services call it first, so that every entry point is covered.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 */
export function requireUser(ctx: Pick<RequestContext, 'viewer'>): UserViewer {
  if (ctx.viewer.type === 'user') return ctx.viewer;
  throw new CivitasError('UNAUTHENTICATED');
}
