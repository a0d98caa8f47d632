import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute } from '@civitas/platform/subgraph';

/** A document of somebody's whole life on the platform may take a while to be put together. */
const TIMEOUT_MS = 30_000;

/** What identity serves beside the graph, and who is outside may fetch. */
const PATHS = ['/data-exports/*'];

/** Of an answer, what is for the client. The rest is between us and identity. */
const PASSED_ON = ['content-type', 'content-disposition', 'cache-control', 'etag'];

/**
 * Passes requests for files on to identity, which only the gateway can reach. None of the client's
 * headers go with them but the condition: an address says all that is needed to read a file.
 *
 * @param base an address of identity.
 */
export function identityRoutes(base: string): HttpRoute[] {
  return PATHS.map((path) => ({
    method: 'GET',
    path,
    handle: async ({ path: wanted, headers }) => {
      const url = new URL(wanted, base);
      // A path that means another one (`/data-exports/../graphql`) is not one of these.
      if (url.pathname !== wanted) throw new CivitasError('NOT_FOUND');
      const condition = headers['if-none-match'];
      const answer = await fetch(url, {
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: typeof condition === 'string' ? { 'if-none-match': condition } : {},
      }).catch((cause: unknown) => {
        throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause });
      });
      if (answer.status === 404) throw new CivitasError('NOT_FOUND');
      if (!answer.ok && answer.status !== 304) throw new CivitasError('SUBGRAPH_UNAVAILABLE');
      const shown = PASSED_ON.flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      });
      return {
        status: answer.status,
        headers: Object.fromEntries(shown),
        body: Buffer.from(await answer.arrayBuffer()),
      };
    },
  }));
}
