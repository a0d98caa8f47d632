import { stripVTControlCharacters } from 'node:util';

/**
 * Why migrations stop:
 * - `edited`: an applied migration's file was changed afterwards
 * - `missing`: the database knows a migration the folder does not have
 * - `failed`: a migration failed in an earlier run and nobody has decided what to do
 * - `apply-failed`: a migration fails now
 * - `folder`: the migrations folder is not as Prisma lays it out
 * - `schema`: the Prisma schema is not valid
 * - `locked`: another process has been migrating the same database for too long
 * - `database`: the database server cannot be reached, or refuses
 */
export type MigrationErrorCode =
  | 'edited'
  | 'missing'
  | 'failed'
  | 'apply-failed'
  | 'folder'
  | 'schema'
  | 'locked'
  | 'database';

/** Migrating stopped; `message` is one line for a person, with the way out. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The one telling line of an error of Prisma's engine, which comes with a trace, colours and a
 * preamble.
 */
export function tellingLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = stripVTControlCharacters(message)
    .split(/\n\s+0: /)[0]
    ?.split('\n')
    .map((line) => line.replace(/^(Error querying the database|error): /i, '').trim())
    .filter((line) => line !== '' && line !== 'external connector error');
  return lines?.[0] ?? 'unknown error';
}
