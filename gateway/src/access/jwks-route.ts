import type { HttpRoute } from '@civitas/platform/subgraph';
import type { KeySet } from './key-set.ts';

/**
 * Shows identity's public keys, so that partners' services can verify access tokens although only the
 * gateway can be reached from outside. However many ask, identity is asked as the key set asks it.
 */
export function jwksRoute(keys: KeySet): HttpRoute {
  return {
    method: 'GET',
    path: '/.well-known/jwks.json',
    handle: async () => ({
      status: 200,
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': 'public, max-age=300',
      },
      body: await keys.document(),
    }),
  };
}
