import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CivitasError } from '@civitas/platform/errors';
import { askRoute, findRoute, type HttpRoute } from '@civitas/platform/subgraph';
import { type DoorOptions, GRAPHQL_PATH, pathOf } from '../door.ts';
import { json, type Reply } from '../reply.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import { preflight } from './cors.ts';
import { graphiqlDoor } from './graphiql.ts';
import { answerGraphql } from './graphql-over-http.ts';
import { createBodyReader } from './large-bodies.ts';
import { readBody } from './read-body.ts';

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
  const readRequestBody = createBodyReader(options);
  const graphiql = options.graphiql && graphiqlDoor(options.graphiql);

  /** About this gateway alone: a load balancer must not take all of them out for one subgraph. */
  function readiness(): Reply {
    if (isDraining()) return json(503, { status: 'draining' });
    return options.ready() ? json(200, { status: 'ready' }) : json(503, { status: 'starting' });
  }

  async function subgraphs(): Promise<Reply> {
    const states = await options.subgraphStates();
    const isWhole = Object.values(states).every((state) => state === 'up');
    return json(isWhole ? 200 : 503, { status: isWhole ? 'whole' : 'partial', subgraphs: states });
  }

  return async (request, response, requestId, cors) => {
    const path = pathOf(request.url);
    if (path === GRAPHQL_PATH) {
      if (request.method === 'OPTIONS') return preflight(cors);
      if (graphiql && isVisit(request)) return { status: 303, headers: { location: '/' } };
      return answerGraphql(request, response, requestId, { ...options, readRequestBody });
    }
    const route = findRoute(options.routes, request.method, path);
    if (route) return answerRoute(route, request, options);
    if (request.method === 'OPTIONS') return preflightOfRoute(request, path, cors, options);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new CivitasError('NOT_FOUND');
    if (path === '/health/live') return json(200, { status: 'live' });
    if (path === '/health/ready') return readiness();
    if (path === '/health/subgraphs') return subgraphs();
    if (path === '/' && graphiql) return graphiql();
    throw new CivitasError('NOT_FOUND');
  };
}

/** Somebody has opened the graph's own address in a browser, and asks for nothing. */
function isVisit({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === GRAPHQL_PATH && /\btext\/html\b/v.test(headers.accept ?? '');
}

async function answerRoute(
  route: HttpRoute,
  request: IncomingMessage,
  options: DoorOptions,
): Promise<Reply> {
  const read = () => readBody(request, options);
  const { body, ...reply } = await askRoute(route, request, pathOf(request.url), read);
  if (!(body instanceof Readable)) return { ...reply, body };
  // Who leaves early is no failure of ours, and the stream is destroyed either way.
  return { ...reply, stream: (response) => void pipeline(body, response).catch(() => undefined) };
}

/** Lets a page of an allowed origin do what the route does; every other path is not there. */
function preflightOfRoute(
  { headers }: IncomingMessage,
  path: string,
  cors: Readonly<Record<string, string>>,
  { routes }: DoorOptions,
): Reply {
  const route = findRoute(routes, headers['access-control-request-method'], path);
  if (!route) throw new CivitasError('NOT_FOUND');
  return preflight(cors, route.method);
}
