import { sha256 } from '@civitas/platform/documents';
import { CivitasError, isCivitasError } from '@civitas/platform/errors';
import type { Viewer } from '@civitas/platform/subgraph';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

interface AccessTokenVerifierOptions {
  /** Identity's keys: those of `createKeySet`. */
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
  /** The clock; the system's when absent. */
  readonly now?: () => Date;
}

/**
 * Turns an access token into who is asking.
 * @throws CivitasError `UNAUTHENTICATED`; `SERVICE_UNAVAILABLE` when nobody can say whether it is good.
 */
export type VerifyAccessToken = (token: string) => Promise<Viewer>;

/** RFC 9068 names (`auth_time` the last full proof) plus ours: `sid` the session, `kind`, `roles` and `policies` of the user. */
const claimsShape = z.object({
  sub: z.string().startsWith('usr_'),
  sid: z.string().startsWith('ses_'),
  kind: z.enum(['CIVILIAN', 'MERCHANT', 'OFFICER', 'FAMILY', 'DONOR']),
  roles: z.array(z.string()).default([]),
  policies: z.array(z.string()).default([]),
  scope: z.string().default(''),
  auth_time: z.int().optional(),
});

/** Who a token was made for, and until when. */
interface Verified {
  readonly viewer: Viewer;
  readonly expiresAtMs: number;
}

/** Tokens that are known to be good; about 10 MiB. */
const MAX_REMEMBERED = 20_000;

/**
 * Verifies identity's access tokens: EdDSA, `typ: at+jwt`, issuer, audience and expiry. A token
 * that fails is never treated as anonymous, and the error does not say what was wrong with it.
 *
 * A signature is checked once: a token that was good is known by its hash until it expires, so that
 * clients that all come back at once are let in quickly. A key that identity takes back therefore
 * counts until the last token it has signed expires, as the cached key set lets it anyway.
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): VerifyAccessToken {
  const { keys, issuer, audience, now = () => new Date() } = options;
  const known = new LRUCache<string, Verified>({ max: MAX_REMEMBERED });

  async function verify(token: string): Promise<Verified> {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA', 'Ed25519'],
      typ: 'at+jwt',
      issuer,
      audience,
      requiredClaims: ['exp'],
      currentDate: now(),
    });
    const {
      sub: id,
      sid: sessionId,
      scope,
      auth_time: provedAt,
      ...of
    } = claimsShape.parse(payload);
    const scopes = scope.split(' ').filter((each) => each !== '');
    const proved = provedAt === undefined ? {} : { provedAt };
    const viewer: Viewer = { type: 'user', id, ...of, scopes, sessionId, ...proved };
    return { viewer, expiresAtMs: (payload.exp ?? 0) * 1000 };
  }

  /** Only good ones are kept, so that nobody's guesses push them out. */
  async function verifiedOnce(token: string): Promise<Verified> {
    const key = sha256(token);
    const earlier = known.get(key);
    if (earlier) return earlier;
    const verified = await verify(token);
    known.set(key, verified);
    return verified;
  }

  return async (token) => {
    try {
      const { viewer, expiresAtMs } = await verifiedOnce(token);
      if (expiresAtMs <= now().getTime()) throw new Error('The token has expired.');
      return viewer;
    } catch (cause) {
      // That nobody could look at the keys says nothing of the token.
      if (isCivitasError(cause)) throw cause;
      throw new CivitasError('UNAUTHENTICATED', {
        message: 'The access token is not valid or has expired.',
        cause,
      });
    }
  };
}
