import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute } from '@civitas/platform/subgraph';

const TIMEOUT_MS = 3_000;

/**
 * Passes identity's public keys on, so that partners' services can verify access tokens although
 * only the gateway can be reached from outside.
 */
export function jwksRoute(url: string): HttpRoute {
  return {
    method: 'GET',
    path: '/.well-known/jwks.json',
    handle: async () => {
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
        if (!answer.ok) throw new Error(`The key server answered ${answer.status}.`);
        const headers = {
          'content-type': 'application/jwk-set+json',
          'cache-control': 'public, max-age=300',
        };
        return { status: 200, headers, body: await answer.text() };
      } catch (cause) {
        throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause });
      }
    },
  };
}
