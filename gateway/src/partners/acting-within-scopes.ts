import {
  ANONYMOUS,
  type RequestOrigin,
  type SubgraphTransport,
  type Viewer,
} from '@civitas/platform/subgraph';

/**
 * Lets a program act for its owner only in the domains that its key has a scope of
 * (`marketplace:read`, `finance:transfer`), and change things only where that scope is not one of
 * reading. Every other subgraph sees somebody it does not know: it shows what everybody may see, not
 * what the owner alone may.
 */
export function actingWithinScopes(
  subgraph: string,
  transport: SubgraphTransport,
): SubgraphTransport {
  const within = (origin: RequestOrigin, isWrite: boolean): RequestOrigin =>
    mayAct(origin.viewer, subgraph, isWrite) ? origin : { ...origin, viewer: ANONYMOUS };
  return {
    ...transport,
    execute: (request, origin) =>
      transport.execute(request, within(origin, request.query.startsWith('mutation'))),
    subscribe: (request, origin) => transport.subscribe(request, within(origin, false)),
  };
}

/** `read` and everything like `read-own` lets a key see and nothing else. */
const READS = /:read\b/;

function mayAct(viewer: Viewer, subgraph: string, isWrite: boolean): boolean {
  if (viewer.type === 'anonymous' || viewer.apiKeyId === undefined) return true;
  return viewer.scopes.some(
    (scope) => scope.startsWith(`${subgraph}:`) && !(isWrite && READS.test(scope)),
  );
}
