import './apollo-telemetry-off.ts';
// The module itself, not the package's index: that would load Apollo's uplink and composition too,
// a quarter of a second at start for nothing that is used here.
import { executeQueryPlan } from '@apollo/gateway/dist/executeQueryPlan.js';
import type { RequestOrigin, SubgraphTransport } from '@civitas/platform/subgraph';
import type { GraphQLError } from 'graphql';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import { failedFetch } from './failed-fetch.ts';
import type { ExecutePlan, RawResult } from './types.ts';

type ServiceMap = Parameters<typeof executeQueryPlan>[1];
type RequestContext = Parameters<typeof executeQueryPlan>[2];
type DataSource = ServiceMap[string];

/** Runs plans with the executor of `@apollo/gateway` over our transports. */
export function createApolloExecution(
  supergraph: LoadedSupergraph,
  transports: ReadonlyMap<string, SubgraphTransport>,
): ExecutePlan {
  const services: ServiceMap = Object.create(null);
  for (const [name, transport] of transports) services[name] = dataSource(transport);

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

function dataSource(transport: SubgraphTransport): DataSource {
  return {
    process: async ({ request, context, ...options }) => {
      const query = request.query ?? '';
      try {
        const result = await transport.execute(
          { query, operationName: request.operationName, variables: request.variables },
          context as RequestOrigin,
        );
        return { data: result.data ?? null, ...(result.errors && { errors: result.errors }) };
      } catch (error) {
        const at = 'pathInIncomingRequest' in options ? options.pathInIncomingRequest : undefined;
        return { data: null, errors: failedFetch(error, query, at ?? []) };
      }
    },
  };
}
