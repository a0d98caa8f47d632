import {
  ANONYMOUS,
  type RequestOrigin,
  type SubgraphRequest,
  type SubgraphTransport,
  type Viewer,
} from '@civitas/platform/subgraph';

/**
 * Lets a program act for its owner only in the domains that its key has a scope of: `marketplace:read` and
 * `marketplace:write` in all of it, `finance:transfer` in that mutation alone, so that a key for publishing
 * does not read what identity keeps of its owner. Every other subgraph sees somebody it does not know: it
 * shows what everybody may see, not what the owner alone may. What a key may change is decided before,
 * by `refuseForeignWrites`.
 */
export function actingWithinScopes(
  subgraph: string,
  transport: SubgraphTransport,
): SubgraphTransport {
  const within = (request: SubgraphRequest, origin: RequestOrigin): RequestOrigin =>
    mayAct(origin.viewer, subgraph, request) ? origin : { ...origin, viewer: ANONYMOUS };
  return {
    ...transport,
    execute: (request, origin) => transport.execute(request, within(request, origin)),
    subscribe: (request, origin) => transport.subscribe(request, within(request, origin)),
  };
}

function mayAct(viewer: Viewer, subgraph: string, { query }: SubgraphRequest): boolean {
  if (viewer.type === 'anonymous' || viewer.apiKeyId === undefined) return true;
  const actions = viewer.scopes
    .filter((scope) => scope.startsWith(`${subgraph}:`))
    .map((scope) => scope.slice(subgraph.length + 1));
  if (actions.includes('read') || actions.includes('write')) return true;
  // Which mutation it may be was decided before the plan was made.
  return actions.length > 0 && query.startsWith('mutation');
}
