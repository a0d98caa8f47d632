import type { HttpRoute } from '../types.ts';

/** The route that answers a method and path; GET routes answer HEAD as well. */
export function findRoute(
  routes: readonly HttpRoute[],
  method: string | undefined,
  path: string,
): HttpRoute | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return routes.find(
    (each) =>
      each.method === wanted &&
      (each.path.endsWith('*') ? path.startsWith(each.path.slice(0, -1)) : path === each.path),
  );
}

/** The query of a request target such as `/signin/google?return_to=…`. */
export function queryOf(target: string | undefined): URLSearchParams {
  const start = target?.indexOf('?') ?? -1;
  return new URLSearchParams(start < 0 ? '' : target?.slice(start + 1));
}
