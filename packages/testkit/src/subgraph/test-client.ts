import { randomUUID } from 'node:crypto';
import {
  ANONYMOUS,
  executeOnSubgraph,
  type RequestOrigin,
  type Subgraph,
  type Viewer,
} from '@civitas/platform/subgraph';
import type { GraphQLFormattedError } from 'graphql';

export interface TestResult {
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  readonly data?: any;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Sends operations to one subgraph as one viewer. */
export interface TestClient {
  /** The whole answer, errors included, as it would arrive over a network. */
  execute(query: string, variables?: Record<string, unknown>): Promise<TestResult>;
  /** The data; throws when there is any error. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  run(query: string, variables?: Record<string, unknown>): Promise<any>;
  /** `extensions.code` of every error, in order. */
  codes(query: string, variables?: Record<string, unknown>): Promise<unknown[]>;
}

/** What a test says of the client beside who asks. */
export type ClientDetails = Partial<Pick<RequestOrigin, 'clientAddress' | 'userAgent' | 'cookies'>>;

export function createTestClient(
  subgraph: Subgraph,
  viewer: Viewer = ANONYMOUS,
  details: ClientDetails = {},
): TestClient {
  const execute = async (query: string, variables: Record<string, unknown> = {}) => {
    const { signal } = new AbortController();
    const origin = { ...details, viewer, requestId: randomUUID(), signal };
    const result = await executeOnSubgraph(subgraph, { query, variables }, origin);
    return JSON.parse(JSON.stringify(result)) as TestResult;
  };
  return {
    execute,
    run: async (query, variables) => {
      const { data, errors } = await execute(query, variables);
      if (errors) throw new Error(`Unexpected errors: ${JSON.stringify(errors)}`);
      return data;
    },
    codes: async (query, variables) => {
      const { errors = [] } = await execute(query, variables);
      return errors.map(({ extensions }) => extensions?.['code']);
    },
  };
}
