import type { PrismaPg } from '@prisma/adapter-pg';
import { inSpan, isTracing } from '../telemetry/index.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Queryable = Pick<Adapter, 'queryRaw' | 'executeRaw'>;
type Statement = Parameters<Queryable['queryRaw']>[0];

/**
 * Gives every statement a span of its own while this process traces, transaction control included;
 * else leaves the adapter as it is. Spans hold the text with its placeholders, never the values.
 */
export function traceStatements(adapter: PrismaPg): PrismaPg {
  if (!isTracing()) return adapter;
  const connect = adapter.connect.bind(adapter);
  adapter.connect = async () => {
    const connection = traced(await connect());
    const start = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolationLevel) =>
      traced(await inSpan('sql BEGIN', details('BEGIN'), () => start(isolationLevel)));
    return connection;
  };
  return adapter;
}

function traced<Target extends Queryable>(target: Target): Target {
  const query = target.queryRaw.bind(target);
  const execute = target.executeRaw.bind(target);
  target.queryRaw = (statement) =>
    inSpan(nameOf(statement), details(statement.sql), () => query(statement));
  target.executeRaw = (statement) =>
    inSpan(nameOf(statement), details(statement.sql), () => execute(statement));
  return target;
}

function nameOf({ sql }: Statement): string {
  return `sql ${/^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'statement'}`;
}

function details(sql: string) {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.text': sql.slice(0, 2_000) };
  return { kind: 'client', attributes } as const;
}
