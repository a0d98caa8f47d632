import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createSubgraph } from '@civitas/content';
import { createInProcessBus } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { connectObjectStore } from '@civitas/platform/objects';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import type { UserViewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import { databaseNameOf, migrate, prismaDirectory } from '@civitas/postgres/migrations';
import { printTable } from '../statistics.ts';
import { askContent } from './ask-content.ts';
import { measured } from './measured.ts';

const MIB = 1024 * 1024;
/** All the bytes that one subject may have (200 MiB), in 100 files, ten of them as large as a file may be. */
const LARGE = { count: 10, bytes: Math.floor(19.85 * MIB) };
const SMALL = { count: 90, bytes: 1_000 };

/**
 * The largest subject there can be goes into an archive, comes back as another subject, and goes out again: how long
 * that takes, and how much memory of the process more than before. Both archives are compared byte for byte.
 */
export async function benchArchive(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-archive-'));
  const postgres = await startThrowawayPostgres();
  try {
    const databaseUrl = postgres.urlFor(databaseNameOf('content'));
    await migrate({ url: databaseUrl, directory: `${prismaDirectory}/content` });
    const log = createLogger({ name: 'bench', level: 'silent' });
    const bus = createInProcessBus({ log });
    const subgraph = createSubgraph({
      ...{ databaseUrl, bus, log },
      pubsub: createInProcessPubSub({ log }),
      objects: connectObjectStore({ url: pathToFileURL(join(directory, 'store')).href }),
    });
    await subgraph.start();
    const viewer: UserViewer = {
      ...{ type: 'user', id: newId('usr'), kind: 'CIVILIAN' },
      ...{ roles: [], scopes: [], sessionId: 'ses_bench' },
    };
    const content = askContent(subgraph, viewer);
    const subjectId = await content.newSubject();
    const filled = await measured('filling it, file by file', async () => {
      for (const { count, bytes } of [LARGE, SMALL]) {
        for (let each = 0; each < count; each += 1) {
          if (each % 49 === 0) await content.newTopic(subjectId, `Topic ${bytes} ${each}`);
          await content.attach(() => Readable.from(pdfOf(`${bytes} ${each}`, bytes)), bytes);
        }
      }
    });
    const download = (id: string, name: string) =>
      measured(name, async () => {
        const path = join(directory, `${name.replaceAll(' ', '-')}.zip`);
        await pipeline(await content.openArchive(id), createWriteStream(path));
        return path;
      });
    const out = await download(subjectId, 'out');
    const { size } = await stat(out.result);
    const back = await measured('back in', () =>
      content.importArchive(() => createReadStream(out.result), size),
    );
    const again = await download(back.result, 'out again');
    const hashes = await Promise.all([out, again].map(({ result }) => hashOf(result)));
    if (hashes[0] !== hashes[1]) throw new Error('What came back is not what went out.');
    printTable(
      `archive: ${(size / MIB).toFixed(0)} MiB, ${LARGE.count + SMALL.count} files, equal after the way back`,
      [filled, out, back, again].map(({ row }) => row),
    );
    await subgraph.stop();
    await bus.close();
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Pieces of a file that looks like a PDF and is like no other. */
function* pdfOf(seed: string, bytes: number): Generator<Buffer> {
  const head = Buffer.from(`%PDF-1.7\n${seed}\n`);
  const tail = Buffer.from('\nendobj\ntrailer\n%%EOF\n');
  yield head;
  for (let left = bytes - head.length - tail.length; left > 0; left -= 65_536) {
    yield Buffer.alloc(Math.min(left, 65_536), seed);
  }
  yield tail;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
