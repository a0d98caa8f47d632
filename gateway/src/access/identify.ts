import { CivitasError } from '@civitas/platform/errors';
import { ANONYMOUS, type Viewer } from '@civitas/platform/subgraph';
import type { VerifyAccessToken } from './access-token.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/**
 * Who presents this `Authorization` value. Absent or empty is anonymous; anything that is not a
 * valid bearer token is refused.
 *
 * @throws CivitasError `UNAUTHENTICATED`
 */
export async function identify(
  authorization: string | undefined,
  verifyAccessToken: VerifyAccessToken,
): Promise<Viewer> {
  if (authorization === undefined || authorization === '') return ANONYMOUS;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    throw new CivitasError('UNAUTHENTICATED', {
      message: 'Send `Authorization: Bearer <access token>`.',
    });
  }
  return verifyAccessToken(token);
}
