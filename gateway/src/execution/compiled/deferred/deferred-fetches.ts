import type { GraphQLError } from 'graphql';

/** What one run knows of its fetches and of what waits for them. */
export interface DeferredFetches {
  /** A fetch that others wait for has begun; one that was split begins several times at once. */
  began(id: string, answered: Promise<unknown>): void;
  /** Resolves when that fetch has been answered. */
  whenAnswered(id: string): Promise<unknown>;
  /** The fetches of one deferred fragment have begun; its errors are its own. */
  schedule(name: string, fetched: Promise<readonly GraphQLError[]>): void;
  /** Resolves when a fragment's fetches are answered; undefined when it has none of its own. */
  whenFetched(name: string): Promise<readonly GraphQLError[]> | undefined;
}

export function createDeferredFetches(): DeferredFetches {
  const answers = new Map<
    string,
    PromiseWithResolvers<void> & { readonly parts: Promise<unknown>[] }
  >();
  const fragments = new Map<string, Promise<readonly GraphQLError[]>>();
  const answerOf = (id: string) => {
    const known = answers.get(id) ?? { ...Promise.withResolvers<void>(), parts: [] };
    answers.set(id, known);
    return known;
  };
  return {
    began: (id, answered) => {
      const { parts, resolve } = answerOf(id);
      const count = parts.push(answered);
      void Promise.all(parts).then(() => {
        if (parts.length === count) resolve();
      });
    },
    whenAnswered: (id) => answerOf(id).promise,
    schedule: (name, fetched) => void fragments.set(name, fetched),
    whenFetched: (name) => fragments.get(name),
  };
}
