import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { clearTheWay } from './postmaster.ts';
import { identityOf } from './process-identity.ts';

const prefix = 'civitas-throwaway-';

/**
 * Starts an empty, non-durable server in the temporary directory; `stop()` deletes its data. What
 * killed processes left behind, servers and data, is removed on the way.
 * @throws PostgresStartError
 */
export async function startThrowawayPostgres(): Promise<EmbeddedPostgres> {
  await removeAbandoned();
  const name = `${prefix}${await identityOf(process.pid)}-${randomUUID().slice(0, 8)}`;
  const directory = path.join(tmpdir(), name);
  // Others may pass through, because Postgres may run as another account; its data is its own.
  await mkdir(directory, { mode: 0o711 });
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const dataDirectory = path.join(directory, 'data');
    const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
    return { ...server, stop: () => server.stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function removeAbandoned(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const maker = entry.startsWith(prefix) && /^\d+-\d+/.exec(entry.slice(prefix.length))?.[0];
    if (!maker || (await identityOf(Number.parseInt(maker, 10))) === maker) continue;
    const directory = path.join(tmpdir(), entry);
    // Another user's, or just being removed by another process: not ours to insist on.
    await clearTheWay(path.join(directory, 'data')).catch(() => undefined);
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}
