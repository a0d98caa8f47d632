import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { damaged, PostgresStartError } from './postgres-start-error.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

/** What we must remember of a cluster to come back to it; kept inside its data directory. */
export interface Credentials {
  /** Of the superuser: 192 random bits. */
  readonly password: string;
  /** The port it last listened on, asked for again so that URLs stay the same. */
  readonly port: number;
}

/** The one role of an embedded cluster. */
export const superuser = 'postgres';

export const newPassword = () => randomBytes(24).toString('base64url');

const fileIn = (dataDirectory: string) => path.join(dataDirectory, 'civitas.json');

/** @throws PostgresStartError `damaged`, `not-yours` */
export async function readCredentials(dataDirectory: string): Promise<Credentials> {
  const text = await readFile(fileIn(dataDirectory), 'utf8').catch((error) => {
    if (error.code === 'EACCES') throw notYours(dataDirectory);
    throw damaged(dataDirectory, 'its civitas.json is missing');
  });
  const { password, port } = parse(text);
  if (typeof password !== 'string' || typeof port !== 'number') {
    throw damaged(dataDirectory, 'its civitas.json is not readable');
  }
  return { password, port };
}

/** Readable by its owner only: who holds the password owns every row. */
export async function writeCredentials(
  dataDirectory: string,
  credentials: Credentials,
  account: ServerAccount,
): Promise<void> {
  const file = fileIn(dataDirectory);
  await writeFile(file, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  await giveTo(account, file);
}

export const notYours = (dataDirectory: string) =>
  new PostgresStartError(
    'not-yours',
    `The database in ${dataDirectory} belongs to another user; start as that user, or elsewhere.`,
  );

function parse(text: string): { password?: unknown; port?: unknown } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
