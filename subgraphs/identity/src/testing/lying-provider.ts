import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { ProviderConfig } from '../openid/index.ts';

/** A provider whose identity tokens say what the test wants them to say. */
export interface LyingProvider {
  readonly config: ProviderConfig;
  /** Changes to the claims of the next identity token. */
  lies: Record<string, unknown>;
  /** Whose key signs it; its own when absent. */
  isForged: boolean;
  stop(): Promise<void>;
}

export async function startLyingProvider(): Promise<LyingProvider> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwks = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256' }] };
  const server = createServer(async (request, response) => {
    const reply = (body: object) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      return reply({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (request.url === '/jwks') return reply(jwks);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: 'liar',
      aud: 'civitas',
      iat: now,
      exp: now + 60,
      email: 'liar@example.org',
      ...provider.lies,
    };
    const id_token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign((provider.isForged ? foreign : own).privateKey);
    return reply({ access_token: 'x', token_type: 'Bearer', id_token });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider: LyingProvider = {
    config: {
      id: 'liar',
      name: 'Liar',
      issuer,
      clientId: 'civitas',
      clientSecret: 'a client secret for tests',
      scopes: 'openid email',
    },
    lies: {},
    isForged: false,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return provider;
}
