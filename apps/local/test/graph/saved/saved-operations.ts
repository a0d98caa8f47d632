import { globSync, readFileSync } from 'node:fs';
import { parse, print, separateOperations } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { TestGraph } from '../use-graph.ts';

type Variables = Record<string, unknown>;

const FOLDER = new URL('../../../../../operations/', import.meta.url);

/** Every operation that is saved in these files of `operations/`, by name, to be sent one by one. */
export function savedOperations(...globs: readonly string[]) {
  const saved = new Map(
    globSync(globs, { cwd: FOLDER.pathname })
      .map((path) => parse(readFileSync(new URL(path, FOLDER), 'utf8')))
      .flatMap((document) => Object.entries(separateOperations(document)))
      .map(([name, alone]) => [name, print(alone)] as const),
  );
  const unsent = new Set(saved.keys());

  function take(name: string): string {
    const query = saved.get(name);
    if (query === undefined) throw new Error(`No operation is saved as ${name}.`);
    unsent.delete(name);
    return query;
  }

  return {
    /** The text of one, which is sent otherwise than by {@link by}. */
    take,
    /** Those that nobody has sent. */
    unsent: (): string[] => [...unsent],
    /** What somebody does with the saved operations. */
    by: (graph: TestGraph, token?: string) => {
      let client: Client | undefined;
      const connected = () => {
        client ??= connect(graph, token);
        return client;
      };
      return {
        /** Sends one; it has to be done and answered whole: no errors, no nulls at the top, no refusal. */
        send: async (name: string, variables: Variables = {}) => {
          const { data, errors } = await graph.ask(take(name), variables, token);
          expectDone(name, data, errors);
          return data;
        },
        /** Opens a stream, of which each event has to be whole. */
        follow: async function* (name: string, variables: Variables) {
          const query = take(name);
          // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
          for await (const { data, errors } of connected().iterate<any>({ query, variables })) {
            expectDone(name, data, errors);
            yield data;
          }
        },
      };
    },
  };
}

/** What somebody does with the saved operations. */
export type Doer = ReturnType<ReturnType<typeof savedOperations>['by']>;

function connect(graph: TestGraph, token: string | undefined): Client {
  const client = createClient({
    url: graph.url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  onTestFinished(async () => client.dispose());
  return client;
}

function expectDone(name: string, data: Variables | null | undefined, errors: unknown): void {
  const answers = Object.values(data ?? {}) as ({ readonly code?: string } | null)[];
  const refusals = answers.map((each) => each?.code).filter((code) => code !== undefined);
  const isWhole = answers.length > 0 && !answers.includes(null);
  expect({ name, data, errors, refusals, isWhole }).toEqual({
    ...{ name, data, errors: undefined, refusals: [], isWhole: true },
  });
}
