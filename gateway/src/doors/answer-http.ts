import type { IncomingMessage, ServerResponse } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import { findRoute, queryOf } from '@civitas/platform/subgraph';
import { preflight } from './cors.ts';
import { type DoorOptions, GRAPHQL_PATH, pathOf } from './door.ts';
import { graphiqlDoor } from './graphiql.ts';
import { answerGraphql } from './graphql-over-http.ts';
import type { OpenStreams } from './open-streams.ts';
import { readBody } from './read-body.ts';
import { json, type Reply } from './reply.ts';

/** Answers one HTTP request; throws CivitasError for what it refuses. */
export type AnswerHttp = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  cors: Readonly<Record<string, string>>,
) => Promise<Reply>;

/** Finds who answers a path: the graph, the editor, health, or one of the given plain routes. */
export function createAnswerHttp(
  options: DoorOptions & { readonly streams: OpenStreams },
  isDraining: () => boolean,
): AnswerHttp {
  const graphiql = options.graphiql && graphiqlDoor(options.graphiql);

  async function health(): Promise<Reply> {
    if (isDraining()) return json(503, { status: 'draining' });
    const { ready, subgraphs } = await options.ready();
    return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', subgraphs });
  }

  return async (request, response, requestId, cors) => {
    const path = pathOf(request.url);
    if (path === GRAPHQL_PATH) {
      if (request.method === 'OPTIONS') return preflight(cors);
      return answerGraphql(request, response, requestId, options);
    }
    const route = findRoute(options.routes, request.method, path);
    if (route) {
      const body = await readBody(request, options.maxBodyBytes);
      return route.handle({ path, body, headers: request.headers, query: queryOf(request.url) });
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new CivitasError('NOT_FOUND');
    if (path === '/health/live') return json(200, { status: 'live' });
    if (path === '/health/ready') return health();
    if (path === '/' && graphiql) return graphiql();
    throw new CivitasError('NOT_FOUND');
  };
}
