import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { counterMetric, type Logger } from '@civitas/platform/telemetry';

const reloads = counterMetric({
  name: 'civitas_supergraph_reloads_total',
  help: 'Supergraphs that were to take the place of another, by whether they are served.',
  labels: ['result'],
});

interface WatchOptions {
  readonly path: string;
  /** What is being served. */
  readonly supergraphSdl: string;
  /** Called with every other content, once each, one after the other. */
  readonly reload: (supergraphSdl: string) => Promise<unknown>;
  readonly log: Logger;
  /** How often the file is looked at. Default 2 s. */
  readonly everyMs?: number;
}

const EVERY_MS = 2_000;

/**
 * Serves a supergraph file again whenever it changes, and at once on SIGHUP. It looks at the file
 * every two seconds instead of listening for events, which neither mounted volumes nor the links of
 * a Kubernetes ConfigMap bring reliably. What cannot be served is refused in one log line, and the
 * file is tried again when it changes once more.
 *
 * @returns ends it.
 */
export function watchSupergraph(options: WatchOptions): () => void {
  const { path, reload, log, everyMs = EVERY_MS } = options;
  let tried = options.supergraphSdl;
  let last: Promise<unknown> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const found = await readFile(path, 'utf8');
      if (found === tried) return;
      tried = found;
      await reload(found);
      reloads.inc({ result: 'served' });
    } catch (error) {
      reloads.inc({ result: 'refused' });
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ path, reason }, 'supergraph refused, the old one serves on');
    }
  }

  const onChange = () => {
    last = last.then(look);
  };
  watchFile(path, { interval: everyMs, persistent: false }, onChange);
  process.on('SIGHUP', onChange);
  return () => {
    unwatchFile(path, onChange);
    process.off('SIGHUP', onChange);
  };
}
