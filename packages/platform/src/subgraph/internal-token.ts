import { createHmac, hash } from 'node:crypto';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { CivitasError } from '../errors/index.ts';
import type { SubgraphRequest } from './types.ts';
import type { Viewer } from './viewer.ts';

/** The header that carries the viewer from the gateway to a subgraph in its own process. */
export const VIEWER_HEADER = 'x-civitas-viewer';

const ISSUER = 'civitas-gateway';
const HEADER = Buffer.from('{"alg":"HS256"}').toString('base64url');
const LIFETIME_SECONDS = 30;
const CLOCK_TOLERANCE_SECONDS = 5;

const viewerShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('anonymous') }),
  z.strictObject({
    type: z.literal('user'),
    id: z.string(),
    kind: z.enum(['CIVILIAN', 'MERCHANT', 'OFFICER', 'FAMILY', 'DONOR']),
    roles: z.array(z.string()),
    scopes: z.array(z.string()),
    sessionId: z.string(),
    apiKeyId: z.string().optional(),
  }),
]);

const claimsShape = z.object({
  vwr: viewerShape,
  rid: z.string(),
  adr: z.string().optional(),
  bdh: z.string(),
});

interface InternalClaims {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** IP address of the client, where it is known. */
  readonly clientAddress?: string | undefined;
  /** Name of the subgraph the request is for; a token for one is refused by every other. */
  readonly audience: string;
  /** The exact bytes of the request body: a token cannot be put on another request. */
  readonly body: string | Buffer;
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

function hashOf(body: string | Buffer): string {
  return hash('sha256', body, 'base64url');
}

/**
 * The text that is signed for an operation that travels inside a message, where it has no body of
 * its own. The receiver makes it again from what it read.
 */
export function signedText({ query, operationName, variables }: SubgraphRequest): string {
  return JSON.stringify({ query, operationName, variables });
}

/**
 * Signs who is asking for one request to one subgraph; valid for 30 seconds (HS256). Signed here
 * and not by `jose`, whose way over WebCrypto's threads costs the gateway more than a whole fetch.
 */
export async function signInternalToken(claims: InternalClaims, secret: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({
    vwr: claims.viewer,
    rid: claims.requestId,
    adr: claims.clientAddress,
    bdh: hashOf(claims.body),
    iss: ISSUER,
    aud: claims.audience,
    iat: now,
    exp: now + LIFETIME_SECONDS,
  });
  const signed = `${HEADER}.${Buffer.from(payload).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/**
 * Checks that a request comes from the gateway, for this subgraph, with this body, now.
 *
 * @throws CivitasError `INTERNAL_CALLER_REQUIRED`, without saying what was wrong.
 */
export async function verifyInternalToken(
  token: string | undefined,
  expected: Pick<InternalClaims, 'audience' | 'body'>,
  secret: string,
): Promise<Pick<InternalClaims, 'viewer' | 'requestId' | 'clientAddress'>> {
  try {
    const { payload } = await jwtVerify(token ?? '', keyOf(secret), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: expected.audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: LIFETIME_SECONDS,
    });
    const claims = claimsShape.parse(payload);
    if (claims.bdh !== hashOf(expected.body)) throw new Error('The body is not the signed one.');
    return { viewer: claims.vwr, requestId: claims.rid, clientAddress: claims.adr };
  } catch (cause) {
    throw new CivitasError('INTERNAL_CALLER_REQUIRED', { cause });
  }
}
