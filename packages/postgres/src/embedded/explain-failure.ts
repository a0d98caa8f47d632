import { damaged, PostgresStartError } from './postgres-start-error.ts';

/** What initdb and postgres say in their (untranslated) logs, and what it means. First match wins. */
const meanings = [
  [/No space left on device|Disk quota exceeded/, 'no-space'],
  [/could not bind .*Address already in use|could not create any TCP\/IP sockets/, 'port-taken'],
  [/lock file "postmaster\.pid" already exists|lock file .* is empty/, 'in-use'],
  [/has wrong ownership|Permission denied/, 'not-yours'],
  [
    /database files are incompatible|is not a valid data directory|could not locate a valid checkpoint|could not locate required checkpoint|required WAL directory|control file|pg_control|PANIC:|could not open (file|directory) "(global|base|pg_)|configuration file .* contains errors|could not access the server configuration file|pg_hba\.conf|invalid data in file/,
    'damaged',
  ],
] as const;

/**
 * Turns the last lines of a Postgres process that ended during its start into one line that says
 * what to do.
 * @param log what the process wrote, newest last.
 */
export function explainFailure(dataDirectory: string, log: readonly string[]): PostgresStartError {
  const text = log.join('\n');
  const reason = meanings.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';
  const detail = tellingLine(log);
  switch (reason) {
    case 'damaged':
      return damaged(dataDirectory, detail);
    case 'no-space':
      return new PostgresStartError(
        reason,
        `No disk space left for the database in ${dataDirectory}; free some and start again.`,
      );
    case 'port-taken':
      return new PostgresStartError(reason, `The database port is taken (${detail}).`);
    case 'in-use':
      return new PostgresStartError(
        reason,
        `The database in ${dataDirectory} is being started by another process (${detail}).`,
      );
    case 'not-yours':
      return new PostgresStartError(
        reason,
        `The database in ${dataDirectory} belongs to another user (${detail}).`,
      );
    case 'failed':
      return new PostgresStartError(reason, `Postgres did not start: ${detail}`);
  }
}

/** The line that names the fault: the first fatal one, else the last of all. */
function tellingLine(log: readonly string[]): string {
  const line =
    log.find((candidate) => /(FATAL|PANIC|error):/.test(candidate)) ??
    log.findLast((candidate) => candidate.trim() !== '') ??
    'it ended without a word';
  return line.replace(/^.*?(FATAL|PANIC|error):\s*/, '').trim();
}
