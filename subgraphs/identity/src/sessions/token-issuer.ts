import { createHash, createHmac, randomBytes } from 'node:crypto';
import { policiesOf, scopesOf } from '../policies/index.ts';
import type { SigningKeys } from '../signing-keys/index.ts';
import type { SessionOwner } from './issue-tokens.ts';
import { signAccessToken } from './sign-access-token.ts';

const ACCESS_TOKEN_SECONDS = 5 * 60;

export interface TokenIssuer {
  /** A JWT access token (RFC 9068) and when it ends; `provedAt` as {@link fullProofOf} says. */
  accessToken(
    user: SessionOwner,
    session: { readonly id: string; readonly provedAt: Date | null },
    now: Date,
  ): Promise<{ token: string; expiresAt: Date }>;
  /** The first refresh token of a session: 256 random bits. */
  firstRefreshToken(): string;
  /**
   * The token that follows another: derived, so that a client whose answer was lost gets the same
   * successor again although only hashes are stored; keyed, so that nobody else can derive it.
   */
  nextRefreshToken(token: string): string;
}

interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  /** Keys the derivation of refresh tokens; kept outside the database. */
  readonly refreshSecret: string;
}

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  return {
    accessToken: async (user, session, now) => {
      const issuedAt = Math.floor(now.getTime() / 1000);
      const expiresAt = issuedAt + ACCESS_TOKEN_SECONDS;
      const { id: kid, privateKey } = await options.keys.signer();
      const claims = {
        sid: session.id,
        ...(session.provedAt && { auth_time: Math.floor(session.provedAt.getTime() / 1000) }),
        kind: user.kind,
        roles: user.roles,
        policies: policiesOf(user),
        scope: scopesOf(user).join(' '),
        sub: user.id,
        iss: options.issuer,
        aud: options.audience,
        iat: issuedAt,
        exp: expiresAt,
      };
      const token = signAccessToken(claims, { kid, privateKey });
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
    firstRefreshToken: () => randomBytes(32).toString('base64url'),
    nextRefreshToken: (token) =>
      createHmac('sha256', options.refreshSecret).update(token).digest('base64url'),
  };
}

/** What is stored of a refresh token. It has 256 bits of entropy, so a plain hash is enough. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
