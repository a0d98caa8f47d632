import { text } from '@civitas/platform/validation';
import * as client from 'openid-client';
import { z } from 'zod';
import { email } from '../accounts/index.ts';
import type { ProviderConfig } from './provider-config.ts';

const TIMEOUT_SECONDS = 5;

/** A suggestion, cut to what a name may have. */
const name = z
  .string()
  .transform((given) => given.trim().slice(0, 80))
  .pipe(text({ max: 80 }));

/** What has to be remembered between sending somebody away and their coming back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who somebody is, in the words of a provider. Issuer and subject alone tell people apart. */
export interface ProviderClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** True only when the provider says so itself. */
  readonly emailVerified: boolean;
  readonly name: string | null;
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  /** Where to send somebody, and what to remember of it. Rejects while the provider is away. */
  begin(): Promise<{ readonly url: URL; readonly attempt: Attempt }>;
  /**
   * Trades the code they came back with. State, issuer (RFC 9207), PKCE, the signature of the
   * identity token, its issuer, audience, times and nonce are checked; rejects when one is wrong.
   */
  finish(callback: URL, attempt: Attempt): Promise<ProviderClaims>;
}

/**
 * @param config of one provider; its addresses and keys are found at its issuer, at first use.
 * @param redirectUri as it is registered with the provider.
 */
export function createProvider(config: ProviderConfig, redirectUri: string): Provider {
  const { id, scopes } = config;
  let discovered: Promise<client.Configuration> | undefined;

  /** Kept once it has worked; a failure is not. */
  function configuration(): Promise<client.Configuration> {
    discovered ??= discover(config).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  }

  return {
    id,
    name: config.name,
    begin: async () => {
      const known = await configuration();
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(known, {
        redirect_uri: redirectUri,
        scope: scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, attempt };
    },
    finish: async (callback, { state, nonce, codeVerifier }) => {
      const known = await configuration();
      const tokens = await client.authorizationCodeGrant(known, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('The provider gave no identity token.');
      return toClaims(known, tokens.access_token, claims);
    },
  };
}

async function discover({
  issuer,
  clientId,
  clientSecret,
}: ProviderConfig): Promise<client.Configuration> {
  const url = new URL(issuer);
  return client.discovery(url, clientId, clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    execute: [
      // The library relies on TLS alone for the identity token; we look at its signature too.
      client.enableNonRepudiationChecks,
      // Only on this machine: the configuration admits no other http.
      ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
    ],
  });
}

type IdClaims = NonNullable<
  ReturnType<Awaited<ReturnType<typeof client.authorizationCodeGrant>>['claims']>
>;

/** Some providers put the address only where the access token leads. */
async function toClaims(
  known: client.Configuration,
  accessToken: string,
  idToken: IdClaims,
): Promise<ProviderClaims> {
  const isComplete = idToken['email'] !== undefined || !known.serverMetadata().userinfo_endpoint;
  const claims: Record<string, unknown> = isComplete
    ? idToken
    : { ...idToken, ...(await client.fetchUserInfo(known, accessToken, idToken.sub)) };
  return {
    issuer: idToken.iss,
    subject: idToken.sub,
    // By our own rules: what a provider says of somebody is as far from us as what a client says.
    email: email.safeParse(claims['email']).data ?? null,
    emailVerified: claims['email_verified'] === true,
    name: name.safeParse(claims['name']).data ?? null,
  };
}
