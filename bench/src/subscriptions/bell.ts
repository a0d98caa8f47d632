import { buildSubgraphSchema } from '@apollo/subgraph';
import { createPushIterator, type PushIterator, type Subgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { parse } from 'graphql';

/** What both contenders serve: a mutation that rings, and everybody who listens. */
export const BELL_SDL = /* GraphQL */ `
  type Query { listening: Int! }
  type Mutation { ring: Int! }
  type Subscription { rang: Ring }
  type Ring { number: Int! text: String! }
`;

interface Ring {
  readonly rang: { readonly number: number; readonly text: string };
}

/** Rings for everybody who listens now. */
export function createBell() {
  const listeners = new Set<PushIterator<Ring>>();
  let number = 0;
  const resolvers = {
    Query: { listening: () => listeners.size },
    Mutation: {
      ring: () => {
        number += 1;
        const text = 'The bell of the town hall rings, as it does at noon.';
        for (const listener of listeners) listener.push({ rang: { number, text } });
        return listeners.size;
      },
    },
    Subscription: {
      rang: {
        subscribe: () => {
          const listener = createPushIterator<Ring>({ onEnd: () => listeners.delete(listener) });
          listeners.add(listener);
          return listener;
        },
      },
    },
  };
  return resolvers;
}

/** The bell as a subgraph. */
export function bellSubgraph(): Subgraph {
  const typeDefs = parse(BELL_SDL);
  const log = createLogger({ name: 'bell', level: 'silent' });
  return {
    name: 'bell',
    typeDefs,
    schema: buildSubgraphSchema({ typeDefs, resolvers: createBell() }),
    routes: [],
    consumers: [],
    contextFor: (origin) => ({ ...origin, now: () => new Date(), log }),
    start: async () => undefined,
    ready: async () => undefined,
    stop: async () => undefined,
  };
}
