import { createPushIterator, type PushIterator } from '@civitas/platform/subgraph';
import { stubSubgraph } from '@civitas/testkit/stub-subgraph';

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
export const bellSubgraph = () =>
  stubSubgraph({ name: 'bell', sdl: BELL_SDL, resolvers: createBell() });
