import {
  ANONYMOUS,
  type RequestOrigin,
  type SubgraphTransport,
  type Viewer,
} from '@civitas/platform/subgraph';

/**
 * Lets a program act for its owner only in the domains that its key has a scope of
 * (`marketplace:read`, `finance:transfer`). Every other subgraph sees somebody it does not know: it
 * shows what everybody may see, not what the owner alone may. What a key may change is decided before,
 * by `refuseForeignWrites`.
 */
export function actingWithinScopes(
  subgraph: string,
  transport: SubgraphTransport,
): SubgraphTransport {
  const within = (origin: RequestOrigin): RequestOrigin =>
    mayAct(origin.viewer, subgraph) ? origin : { ...origin, viewer: ANONYMOUS };
  return {
    ...transport,
    execute: (request, origin) => transport.execute(request, within(origin)),
    subscribe: (request, origin) => transport.subscribe(request, within(origin)),
  };
}

function mayAct(viewer: Viewer, subgraph: string): boolean {
  if (viewer.type === 'anonymous' || viewer.apiKeyId === undefined) return true;
  return viewer.scopes.some((scope) => scope.startsWith(`${subgraph}:`));
}
