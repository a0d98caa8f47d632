/** SQLSTATE classes after which the whole transaction may succeed when it is run again. */
const RETRYABLE_SQLSTATES = new Set(['40001', '40P01']);
const UNIQUE_VIOLATION = '23505';

/**
 * A lost or refused connection (08), too few of anything, a full disk among it (53), a time limit (57014, 55P03, 25P03,
 * 25P04), a server that starts, stops or is a standby now (57P0…, 25006), files it cannot read (58).
 */
const UNAVAILABLE_SQLSTATE = /^(08...|53...|57014|57P0[1-5]|55P03|25006|25P0[34]|58...)$/;
/** Prisma's words for the same, and for what waited too long for a connection; then Node's. */
const UNAVAILABLE_CODES = new Set([
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P1018', 'P2024', 'P2028', 'P2037'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EADDRNOTAVAIL'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'EMFILE', 'ENFILE'],
]);
/** The driver adapter's: raw statements and transactions that begin or end have nothing else. */
const UNAVAILABLE_KINDS = new Set([
  ...['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'],
  ...['TooManyConnections', 'TransactionAlreadyClosed'],
]);
/**
 * What has no code at all: `pg` and its pool. A statement that follows the one whose connection was
 * lost, in the same transaction, is told that its client "is not queryable".
 */
const UNAVAILABLE_MESSAGE =
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated|Query read timeout|Cannot use a pool after calling end|Client (has encountered a connection error|was closed) and is not queryable)/;

/**
 * Everything that Prisma, its driver adapter and `pg` say about one failure. Prisma nests the
 * database's own error in `meta.driverAdapterError.cause`, and a failure at COMMIT comes as a bare
 * driver adapter error.
 */
function layersOf(error: unknown): Record<string, unknown>[] {
  const layers: Record<string, unknown>[] = [];
  let layer: unknown = error;
  while (typeof layer === 'object' && layer !== null && layers.length < 6) {
    const record = layer as Record<string, unknown>;
    layers.push(record);
    const meta = record['meta'] as Record<string, unknown> | undefined;
    layer = meta?.['driverAdapterError'] ?? record['cause'];
  }
  return layers;
}

function sqlStateOf(layer: Record<string, unknown>): unknown {
  return layer['originalCode'] ?? layer['code'];
}

/** True for a serialization failure or a deadlock, wherever in the transaction it came up. */
export function isRetryable(error: unknown): boolean {
  return layersOf(error).some(
    (layer) =>
      layer['code'] === 'P2034' ||
      layer['kind'] === 'TransactionWriteConflict' ||
      layer['message'] === 'TransactionWriteConflict' ||
      RETRYABLE_SQLSTATES.has(String(sqlStateOf(layer))),
  );
}

/**
 * True when the database could not be asked, or not in time: nothing is wrong with what was asked, and
 * it may be asked again. Whether a transaction was committed whose connection was lost is not known.
 */
export function isUnavailable(error: unknown): boolean {
  return layersOf(error).some(
    (layer) =>
      UNAVAILABLE_CODES.has(String(layer['code'])) ||
      // A socket of Postgres that is not there; any other file that is missing is a defect.
      (String(sqlStateOf(layer)) === 'ENOENT' && (layer['syscall'] ?? 'connect') === 'connect') ||
      UNAVAILABLE_KINDS.has(String(layer['kind'])) ||
      UNAVAILABLE_SQLSTATE.test(String(sqlStateOf(layer))) ||
      UNAVAILABLE_MESSAGE.test(String(layer['message'])),
  );
}

/**
 * True when a unique constraint or index refused a row.
 *
 * @param hint a column or constraint name that the database's message must mention; any when absent.
 */
export function isUniqueViolation(error: unknown, hint?: string): boolean {
  const layers = layersOf(error);
  const violated = layers.some(
    (layer) =>
      layer['code'] === 'P2002' ||
      layer['kind'] === 'UniqueConstraintViolation' ||
      String(sqlStateOf(layer)) === UNIQUE_VIOLATION,
  );
  return violated && (hint === undefined || JSON.stringify(layers.map(describe)).includes(hint));
}

function describe(layer: Record<string, unknown>): unknown {
  return [layer['message'], layer['originalMessage'], layer['constraint'], layer['meta']];
}
