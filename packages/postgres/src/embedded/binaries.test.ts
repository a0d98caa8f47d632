import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hydrateSymlinks, locateBinaries } from './binaries.ts';

test('the binaries run although npm ran no postinstall, also when two processes mend them at once', async () => {
  const { postgres } = await locateBinaries();
  const root = await mkdtemp(path.join(tmpdir(), 'civitas-binaries-'));
  try {
    const list = 'native/pg-symlinks.json';
    const installed = path.resolve(postgres, '../../..');
    const links: { target: string }[] = JSON.parse(
      await readFile(path.join(installed, list), 'utf8'),
    );
    const absent = new Set(links.map(({ target }) => path.join(installed, target)));
    const filter = (source: string) => !absent.has(source) && !source.includes('native/share');
    await cp(installed, root, { recursive: true, filter });

    const copy = path.join(root, 'native/bin/postgres');
    const version = () => promisify(execFile)(copy, ['--version']);
    await expect(version()).rejects.toThrow('shared libraries');
    await Promise.all([hydrateSymlinks(root), hydrateSymlinks(root)]);
    expect((await version()).stdout).toContain('PostgreSQL) 18');
  } finally {
    await rm(root, { recursive: true });
  }
});
