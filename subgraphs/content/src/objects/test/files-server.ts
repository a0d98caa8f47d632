import { createDatabase } from '@civitas/platform/database';
import { CivitasError } from '@civitas/platform/errors';
import { createInProcessBus } from '@civitas/platform/events';
import { connectObjectStore, type ObjectStore } from '@civitas/platform/objects';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { executeOnSubgraph, type SubgraphRequest, type Viewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { PrismaClient } from '../../generated/prisma/client.ts';
import { createSubgraph } from '../../index.ts';
import { askForFile } from '../../testing/send-file.ts';
import { workThroughFiles } from './work-through-files.ts';

// A server of the content subgraph on a store of files, in a process of its own, for tests that run it
// beside another, or kill it at a point where it waits to be killed.

export interface FilesServerOptions {
  readonly databaseUrl: string;
  readonly store: Parameters<typeof connectObjectStore>[0];
  /** Where it waits for good, e.g. `before put file/<hash>`, `after delete incoming/<name>`. */
  readonly stopsAt: readonly string[];
  /** Whether it moves texts and collects files all the while; see `workThroughFiles`. */
  readonly isCollecting: boolean;
  readonly secret: string;
}

/** What the parent sends: a request, or how many bytes go to an address. */
export type FilesServerRequest =
  | { readonly id: number; readonly viewer: Viewer; readonly request: SubgraphRequest }
  | { readonly id: number; readonly url: string; readonly bytes: number };

/** What it hears: an answer, or that a point was reached. */
export type FilesServerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly reached: string };

const tell = (message: FilesServerMessage | 'ready') => process.send?.(message);

function stoppingAt(store: ObjectStore, points: readonly string[]): ObjectStore {
  const at = async (when: 'after' | 'before', what: string) => {
    const point = `${when} ${what}`;
    if (!points.includes(point)) return;
    tell({ reached: point });
    await new Promise(() => undefined);
  };
  const around = async (what: string, work: () => Promise<void>) => {
    await at('before', what);
    await work();
    await at('after', what);
  };
  return {
    ...store,
    put: (key, ...file) => around(`put ${key}`, () => store.put(key, ...file)),
    putStream: (key, ...file) => around(`put ${key}`, () => store.putStream(key, ...file)),
    delete: (key) => around(`delete ${key}`, () => store.delete(key)),
  };
}

const options = JSON.parse(process.argv[2] ?? '') as FilesServerOptions;
const { databaseUrl } = options;
const log = createLogger({ name: 'content', level: 'silent' });
const store = connectObjectStore(options.store);
if (!store) throw new Error('No store.');
const subgraph = createSubgraph({
  databaseUrl,
  bus: createInProcessBus({ log }),
  pubsub: createInProcessPubSub({ log }),
  objects: stoppingAt(store, options.stopsAt),
  files: { url: 'http://gateway.invalid', secrets: [options.secret] },
  log,
});
await subgraph.start();
if (options.isCollecting) {
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  void workThroughFiles(db, store, () => true);
}

async function serve(asked: FilesServerRequest): Promise<void> {
  const { id } = asked;
  if ('url' in asked) {
    const sent = askForFile(subgraph, 'PUT', asked.url, Buffer.alloc(asked.bytes, 'b'));
    const codeOf = (error: unknown) => (error instanceof CivitasError ? error.code : String(error));
    return void tell({ id, result: await sent.then(({ status }) => status, codeOf) });
  }
  const { signal } = new AbortController();
  const origin = { viewer: asked.viewer, requestId: String(id), signal };
  tell({ id, result: await executeOnSubgraph(subgraph, asked.request, origin) });
}

process.on('message', (message) => void serve(message as FilesServerRequest));
process.on('disconnect', () => process.exit());
tell('ready');
