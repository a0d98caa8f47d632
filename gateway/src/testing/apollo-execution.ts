import './apollo-telemetry-off.ts';
// The module itself, not the package's index: that would load Apollo's uplink and composition too,
// a quarter of a second at start for nothing that is used here.
import { executeQueryPlan } from '@apollo/gateway/dist/executeQueryPlan.js';
import type { RequestOrigin, SubgraphTransport } from '@civitas/platform/subgraph';
import { type GraphQLError, isInterfaceType } from 'graphql';
import { fetchError } from '../execution/compiled/fetch-errors.ts';
import type { ExecutePlan, RawResult } from '../execution/types.ts';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';

type ServiceMap = Parameters<typeof executeQueryPlan>[1];
type RequestContext = Parameters<typeof executeQueryPlan>[2];
type DataSource = ServiceMap[string];

/** Runs plans with the executor of `@apollo/gateway` over our transports: what ours is compared with. */
export function createApolloExecution(
  supergraph: LoadedSupergraph,
  transports: ReadonlyMap<string, SubgraphTransport>,
): ExecutePlan {
  const services: ServiceMap = Object.create(null);
  for (const [name, transport] of transports) services[name] = dataSource(transport, supergraph);

  return async ({ planned, variables, origin }) => {
    // Apollo's context belongs to its server; its executor reads these members alone.
    const requestContext = {
      request: { variables },
      metrics: {},
      context: origin,
    } as unknown as RequestContext;
    const result = await executeQueryPlan(
      planned.plan,
      services,
      requestContext,
      {
        schema: supergraph.schema,
        operation: planned.shapedBy.node,
        fragments: { ...planned.shapedBy.fragments },
      },
      supergraph.supergraphSchema,
      supergraph.apiSchema,
    );
    return toRaw(result);
  };
}

function toRaw({
  data,
  errors,
  extensions,
}: Awaited<ReturnType<typeof executeQueryPlan>>): RawResult {
  const completionErrors = (extensions?.['valueCompletion'] ?? []) as readonly GraphQLError[];
  return { data, errors: errors ?? [], completionErrors };
}

/**
 * Corrects the one defect that would drown all others: the name of an interface, which is all that
 * a subgraph with an interface object knows, replaces the concrete `__typename` of an entity.
 */
function forgetInterfaceNames(data: unknown, { supergraphSchema }: LoadedSupergraph): void {
  const { _entities: entities = [] } = (data ?? {}) as { _entities?: Record<string, unknown>[] };
  for (const entity of entities) {
    const type = supergraphSchema.getType(String(entity?.['__typename']));
    if (isInterfaceType(type)) delete entity['__typename'];
  }
}

function dataSource(transport: SubgraphTransport, supergraph: LoadedSupergraph): DataSource {
  return {
    process: async ({ request, context }) => {
      const query = request.query ?? '';
      try {
        const result = await transport.execute(
          { query, operationName: request.operationName, variables: request.variables },
          context as RequestOrigin,
        );
        forgetInterfaceNames(result.data, supergraph);
        return { data: result.data ?? null, ...(result.errors && { errors: result.errors }) };
      } catch (error) {
        return { data: null, errors: [fetchError('unknown', error, [])] };
      }
    },
  };
}
