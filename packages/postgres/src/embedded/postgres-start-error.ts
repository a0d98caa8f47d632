/**
 * Why the embedded server could not be started:
 * - `unsupported-platform`: no binaries for this system, or they are not installed
 * - `no-account`: we are root, and there is no unprivileged account to run Postgres as
 * - `in-use`: a living process already runs this data directory
 * - `not-yours`: the data directory belongs to another user
 * - `damaged`: the data directory is not a whole cluster, or of another Postgres version
 * - `port-taken`: the port that was asked for is taken
 * - `no-space`: the disk is (nearly) full
 * - `failed`: anything else; the message carries Postgres's own words
 */
export type PostgresStartReason =
  | 'unsupported-platform'
  | 'no-account'
  | 'in-use'
  | 'not-yours'
  | 'damaged'
  | 'port-taken'
  | 'no-space'
  | 'failed';

/** The embedded server did not start; `message` is one line for a person, with the way out. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
  readonly reason: PostgresStartReason;

  constructor(reason: PostgresStartReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The data directory cannot be used as it is; says how to make it anew. */
export function damaged(dataDirectory: string, detail: string): PostgresStartError {
  return new PostgresStartError(
    'damaged',
    `The database in ${dataDirectory} is damaged (${detail}); "npm start -- --reset" deletes it and starts anew.`,
  );
}
