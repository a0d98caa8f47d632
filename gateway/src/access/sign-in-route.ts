import { CivitasError } from '@civitas/platform/errors';
import type { HttpRoute } from '@civitas/platform/subgraph';

/** Identity asks a provider meanwhile, for at most five seconds a question. */
const TIMEOUT_MS = 15_000;
/** `/signin/google` and `/signin/google/callback`, and nothing a path could be made to mean else. */
const PATH = /^\/signin\/[a-z][a-z0-9-]{0,29}(?:\/callback)?$/;
const PASSED_BACK = ['location', 'set-cookie', 'content-type', 'cache-control', 'referrer-policy'];

/**
 * Passes the browser's way to a provider of identities and back on to identity, because only the
 * gateway can be reached from outside. Of the request it passes path, query and cookies, of the
 * answer the listed headers; it follows no redirect itself.
 *
 * @param url of identity.
 */
export function signInRoute(url: string): HttpRoute {
  return {
    method: 'GET',
    path: '/signin/*',
    handle: async ({ method, path, query = new URLSearchParams(), headers }) => {
      if (!PATH.test(path)) throw new CivitasError('NOT_FOUND');
      // Scanners of links ask by HEAD first; a way is begun and used up by a browser's GET alone.
      if (method === 'HEAD') throw new CivitasError('METHOD_NOT_ALLOWED');
      try {
        const answer = await fetch(new URL(`${path}?${query}`, url), {
          redirect: 'manual',
          headers: { cookie: String(headers['cookie'] ?? '') },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const passed = PASSED_BACK.flatMap((name) => {
          const value = answer.headers.get(name);
          return value === null ? [] : [[name, value] as const];
        });
        return {
          status: answer.status,
          headers: Object.fromEntries(passed),
          body: await answer.text(),
        };
      } catch (cause) {
        throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause });
      }
    },
  };
}
