import { Readable } from 'node:stream';
import { findRoute, type HttpRouteAnswer, type Subgraph } from '@civitas/platform/subgraph';

/** Asks a subgraph's own door for files, as the gateway passes it on. */
export async function askForFile(
  subgraph: Pick<Subgraph, 'routes'>,
  method: 'GET' | 'PUT',
  url: string,
  body?: Buffer | Readable,
): Promise<HttpRouteAnswer> {
  const { pathname, searchParams } = new URL(url);
  const route = findRoute(subgraph.routes, method, pathname);
  if (!route) throw new Error(`No route for ${pathname}.`);
  const stream = body instanceof Readable ? body : Readable.from(body ? [body] : []);
  return route.handle({
    ...{ method, path: pathname, query: searchParams, stream },
    body: Buffer.of(),
    headers: {},
  });
}
