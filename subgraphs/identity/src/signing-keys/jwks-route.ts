import type { HttpRoute } from '@civitas/platform/subgraph';
import type { SigningKeys } from './signing-keys.ts';

/** The public keys of access tokens (RFC 7517), for the gateway and for partners' services. */
export function jwksRoute(keys: SigningKeys): HttpRoute {
  return {
    method: 'GET',
    path: '/.well-known/jwks.json',
    handle: async () => ({
      status: 200,
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': 'public, max-age=300',
      },
      body: JSON.stringify({ keys: await keys.published() }),
    }),
  };
}
