import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { gaugeMetric, type Logger } from '@civitas/platform/telemetry';
import type { Policy } from '../access/rules.ts';
import { createServing, type Serving, type ServingOptions, type Transports } from './serving.ts';
import { warmUp } from './warm-up.ts';

const loadedAt = gaugeMetric({
  name: 'civitas_supergraph_loaded_timestamp_seconds',
  help: 'Since when the present supergraph is served.',
});

/** Documents of the old supergraph that the new one is warm for. */
const WARM_DOCUMENTS = 500;

/** What a reload did. */
export interface Reloaded {
  /** Of the documents that were used most, how many are ready to run. */
  readonly warm: number;
  readonly documents: number;
}

/** The supergraph that is served now, and how another takes its place. */
export interface ReloadableServing {
  readonly current: Serving;
  /**
   * Validates a supergraph, makes it ready for what was asked most, and serves it from then on.
   * Requests that run finish on the old one; open subscriptions go on by the new one. Reloads are
   * made one after the other.
   *
   * @param transports all of the new supergraph; those of the old one when absent. What is no longer
   * among them is closed when nothing can run on it any more.
   * @throws SupergraphError; the old one serves on, and transports given are the caller's to close.
   */
  reload(supergraphSdl: string, transports?: Transports): Promise<Reloaded>;
  /** Closes every transport, also those that are still on their way out. */
  close(): Promise<void>;
}

interface ReloadingOptions extends ServingOptions {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly log: Logger;
}

export function createReloadableServing(
  supergraphSdl: string,
  transports: Transports,
  options: ReloadingOptions,
): ReloadableServing {
  let current = createServing(supergraphSdl, transports, options);
  loadedAt.set(Date.now() / 1000);
  let last: Promise<unknown> = Promise.resolve();
  const leaving = new Map<SubgraphTransport, NodeJS.Timeout>();

  /** After the deadline of the youngest request that can still be using it. */
  function letGo(old: Serving): void {
    const stays = new Set(current.transports.values());
    for (const transport of old.transports.values()) {
      if (stays.has(transport) || leaving.has(transport)) continue;
      const timer = setTimeout(() => {
        leaving.delete(transport);
        void transport.close();
      }, options.deadlineMs);
      timer.unref();
      leaving.set(transport, timer);
    }
  }

  async function swap(sdl: string, given: Transports | undefined): Promise<Reloaded> {
    const next = createServing(sdl, given ?? current.transports, options);
    const texts = current.documents.mostUsed(WARM_DOCUMENTS);
    const warm = await warmUp(next, texts, options.policies);
    const old = current;
    current = next;
    await next.pipeline.replanSubscriptions();
    letGo(old);
    loadedAt.set(Date.now() / 1000);
    options.log.info({ documents: texts.length, warm }, 'supergraph reloaded');
    return { warm, documents: texts.length };
  }

  return {
    get current() {
      return current;
    },
    reload: (sdl, given) => {
      const reloaded = last.then(() => swap(sdl, given));
      last = reloaded.catch(() => undefined);
      return reloaded;
    },
    close: async () => {
      for (const timer of leaving.values()) clearTimeout(timer);
      const all = new Set([...current.transports.values(), ...leaving.keys()]);
      await Promise.all([...all].map((transport) => transport.close()));
    },
  };
}
