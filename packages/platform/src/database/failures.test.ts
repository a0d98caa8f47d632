import { describe, expect, test } from 'vitest';
import { codedError } from '../subgraph/execution/coded-error.ts';
import { isRetryable, isUnavailable } from './index.ts';

// The forms in which `pg`, its pool, `@prisma/adapter-pg` and Prisma say one thing: each failure below
// is told in all of them that can carry it.

/** What Postgres answered, or Node's socket said. */
const driver = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);
const postgres = (code: string) => ({ code, severity: 'FATAL', detail: undefined });
const socket = (code: string) => ({ code, syscall: 'read', errno: -104 });

/** What the adapter throws by itself, where a transaction begins or ends. */
const adapter = (cause: object) =>
  Object.assign(new Error('driver'), { name: 'DriverAdapterError', cause });
/** What Prisma makes of it for a statement of its own, and for a raw one. */
const prisma = (code: string, cause: object) =>
  Object.assign(new Error('prisma'), { code, meta: { driverAdapterError: adapter(cause) } });
const ofPostgres = (originalCode: string, kind = 'postgres') => ({
  ...{ originalCode, originalMessage: 'as Postgres says it', kind },
  ...(kind === 'postgres' && { code: originalCode, severity: 'FATAL', message: 'x' }),
});

/** A failure that Postgres has a SQLSTATE for, in the four forms. */
function stated(code: string, prismaCode = 'P2010', kind = 'postgres'): [string, unknown][] {
  return [
    [`${code} from pg`, driver('x', postgres(code))],
    [`${code} from the adapter`, adapter(ofPostgres(code, kind))],
    [`${code} from Prisma`, prisma(prismaCode, ofPostgres(code, kind))],
    [`${code} from raw SQL`, prisma('P2010', ofPostgres(code, kind))],
  ];
}

/** One that the adapter has a word for and nothing else. */
function named(kind: string, code: string): [string, unknown][] {
  return [
    [`${kind} from the adapter`, adapter({ kind })],
    [`${kind} from Prisma`, prisma(code, { kind })],
    [`${kind} from raw SQL`, prisma('P2010', { kind })],
  ];
}

const thrown = (...messages: string[]): [string, unknown][] =>
  messages.flatMap((message) => [
    [message, driver(message)],
    [`${message}, wrapped`, Object.assign(new Error('prisma'), { cause: driver(message) })],
  ]);

const UNAVAILABLE: [string, unknown][] = [
  // Connections: refused, lost, too many; a server that starts, stops, was promoted or is a standby.
  ...[
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '08P01',
    '57P01',
    '57P02',
    '57P03',
    '57P04',
  ].flatMap((code) => stated(code)),
  ...stated('53300', 'P2037', 'TooManyConnections'),
  ...['53000', '53100', '53200', '25006', '58000', '58030'].flatMap((code) => stated(code)),
  // Time limits: of a statement, a lock, an idle session, an idle or long transaction.
  ...['57014', '55P03', '57P05', '25P03', '25P04'].flatMap((code) => stated(code)),
  ...named('DatabaseNotReachable', 'P1001'),
  ...named('ConnectionClosed', 'P1017'),
  ...named('SocketTimeout', 'P1008'),
  ...named('TransactionAlreadyClosed', 'P1018'),
  ...named('TooManyConnections', 'P2037'),
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND'].map(
    (code): [string, unknown] => [code, driver(`read ${code}`, socket(code))],
  ),
  // Of the pool, the client, and a transaction whose client was lost one statement before.
  ...thrown(
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Query read timeout',
    'Cannot use a pool after calling end on the pool',
  ),
  // Prisma waited in vain for a connection, or its transaction took too long.
  ['no connection in time', driver('Transaction API error: Unable to start', { code: 'P2028' })],
  ['a transaction that expired', driver('Transaction already closed', { code: 'P2028' })],
  ['no socket of Postgres', driver('connect', { code: 'ENOENT', syscall: 'connect', errno: -2 })],
];

const RIVALS: [string, unknown][] = [
  ...['40001', '40P01'].flatMap((code) => stated(code, 'P2034', 'TransactionWriteConflict')),
  ...named('TransactionWriteConflict', 'P2034'),
  ['a conflict at COMMIT', driver('TransactionWriteConflict')],
];

const DEFECTS: [string, unknown][] = [
  ...['22012', '22P02', '23505', '23514', '42601', '42P01', 'P0001', 'XX000', '42501'].flatMap(
    (code) => stated(code),
  ),
  ...stated('23505', 'P2002', 'UniqueConstraintViolation'),
  ...stated('23503', 'P2003', 'ForeignKeyConstraintViolation'),
  ['nobody with this id', driver('No record was found', { code: 'P2025' })],
  ['a file that is missing', driver('open', { code: 'ENOENT', syscall: 'open', errno: -2 })],
  ['a defect of ours', new TypeError('Cannot read properties of undefined')],
  ['a sentence about a connection', new Error('The Connection terminated the story.')],
  ['nothing', undefined],
];

const told = (error: unknown) => [isUnavailable(error), isRetryable(error), codedError(error).code];

describe('what a database says when nothing is wrong with what was asked', () => {
  test.each(UNAVAILABLE)('%s may be asked again', (_, error) => {
    expect(told(error)).toEqual([true, false, 'SERVICE_UNAVAILABLE']);
  });

  test.each(RIVALS)('%s is tried again by us, then by who asked', (_, error) => {
    expect(told(error)).toEqual([false, true, 'SERVICE_UNAVAILABLE']);
  });

  test.each(DEFECTS)('%s is not taken for it', (_, error) => {
    expect(told(error)).toEqual([false, false, 'INTERNAL_SERVER_ERROR']);
  });
});
