import { CivitasError } from '@civitas/platform/errors';
import type { Viewer } from '@civitas/platform/subgraph';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';

interface AccessTokenVerifierOptions {
  /** Identity's keys: `createLocalJWKSet` in one process, `createRemoteJWKSet` between them. */
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** The clock; the system's when absent. */
  readonly now?: () => Date;
}

/** Turns an access token into who is asking; throws CivitasError `UNAUTHENTICATED`. */
export type VerifyAccessToken = (token: string) => Promise<Viewer>;

/** RFC 9068 names plus ours: `sid` the session, `kind` and `roles` of the user. */
const claimsShape = z.object({
  sub: z.string().startsWith('usr_'),
  sid: z.string().startsWith('ses_'),
  kind: z.enum(['CIVILIAN', 'MERCHANT', 'OFFICER', 'FAMILY', 'DONOR']),
  roles: z.array(z.string()).default([]),
  scope: z.string().default(''),
});

/**
 * Verifies identity's access tokens: EdDSA, `typ: at+jwt`, issuer, audience and expiry. A token
 * that fails is never treated as anonymous, and the error does not say what was wrong with it.
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): VerifyAccessToken {
  const { keys, issuer, audience, now } = options;
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['EdDSA', 'Ed25519'],
        typ: 'at+jwt',
        issuer,
        audience,
        requiredClaims: ['exp'],
        ...(now && { currentDate: now() }),
      });
      const { sub, sid, kind, roles, scope } = claimsShape.parse(payload);
      const scopes = scope.split(' ').filter((each) => each !== '');
      return { type: 'user', id: sub, kind, roles, scopes, sessionId: sid };
    } catch (cause) {
      throw new CivitasError('UNAUTHENTICATED', {
        message: 'The access token is not valid or has expired.',
        cause,
      });
    }
  };
}
