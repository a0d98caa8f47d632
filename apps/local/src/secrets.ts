import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LocalStartError } from './local-start-error.ts';

const secret = z.string().min(32);
const shape = z.object({
  internalSecret: secret,
  refreshSecret: secret,
  encryptionSecret: secret,
  filesSecret: secret,
});
const NAMES = Object.keys(shape.shape) as (keyof Secrets)[];

/** Key material of this installation, which production takes from its environment. */
export type Secrets = z.output<typeof shape>;

/**
 * Reads the secrets of a data directory; the first start makes them, readable for the owner alone,
 * and a later one makes those that are new since then.
 *
 * @throws LocalStartError when the file is there but damaged.
 */
export async function loadSecrets(path: string): Promise<Secrets> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const known = text === null ? {} : parseSecrets(path, text);
  if (NAMES.every((name) => known[name] !== undefined)) return shape.parse(known);
  const made = Object.fromEntries(NAMES.map((name) => [name, randomSecret()]));
  const secrets = shape.parse({ ...made, ...known });
  await mkdir(dirname(path), { recursive: true });
  // Renamed into place, so that a crash in the middle leaves no half-written file.
  await writeFile(`${path}.new`, JSON.stringify(secrets), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return secrets;
}

function parseSecrets(path: string, text: string): Partial<Secrets> {
  try {
    return shape.partial().parse(JSON.parse(text));
  } catch {
    throw new LocalStartError(`${path} is damaged; start over with \`npm start -- --reset\`.`);
  }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
