import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { dropDatabase, ensureDatabase, urlOfDatabase } from './postgres-client.ts';

/** Connections for Prisma's engine; `close` ends them all and drops a shadow database. */
export interface EngineAdapterFactory extends SqlMigrationAwareDriverAdapterFactory {
  close(): Promise<void>;
}

/**
 * Prisma's pg adapter with what migrating needs and version 7.10 lacks:
 *
 * - `executeScript` splits at every semicolon, also in function bodies and strings, and sends the
 *   parts one by one. Here a script goes as it is, in one message, which Postgres runs as one
 *   transaction: a migration that fails leaves nothing behind.
 * - `"char"` columns of the catalogue (constraint kinds, ...) are refused.
 * - The shadow database is dropped while its own connections are open, and is not even used when
 *   the configuration is a URL: migrations would be replayed into the real database.
 */
export function engineAdapterFactory(url: string): EngineAdapterFactory {
  const open = new Set<() => Promise<void>>();
  const connectTo = async (target: string, ending: string, afterwards: () => Promise<void>) => {
    const pool = new pg.Pool({ connectionString: target });
    pool.on('connect', markCharColumns);
    const adapter = await new PrismaPg(pool).connect();
    const dispose = async () => {
      if (!open.delete(dispose)) return;
      await pool.end();
      await afterwards();
    };
    open.add(dispose);
    return completeAdapter(adapter, ending, dispose);
  };
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connectTo(url, markFinished, async () => undefined),
    async connectToShadowDb() {
      const shadow = urlOfDatabase(url, `civitas_shadow_${randomUUID()}`);
      await ensureDatabase(shadow);
      return connectTo(shadow, '', () => dropDatabase(shadow));
    },
    async close() {
      await Promise.all([...open].map((dispose) => dispose()));
    },
  };
}

/**
 * Put behind a migration, so that the history knows in the same transaction that it was applied. The
 * engine writes that down only afterwards; a process killed in between, or while the server still
 * works on its script, would leave an applied migration that looks like a failed one.
 */
const markFinished = `;
UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`;

/** CREATE INDEX CONCURRENTLY and its like must be alone in their script: they refuse a transaction. */
const refusesTransaction = /\bCONCURRENTLY\b/i;

function completeAdapter(
  adapter: SqlDriverAdapter,
  ending: string,
  dispose: () => Promise<void>,
): SqlDriverAdapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    dispose,
    async executeScript(script: string) {
      // Without arguments pg uses the simple protocol, which takes many statements at once.
      const sql = refusesTransaction.test(script) ? script : `${script}\n${ending}`;
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    },
    async queryRaw(query: Parameters<typeof queryRaw>[0]) {
      const result = await queryRaw(query);
      for (const [index, name] of result.columnNames.entries()) {
        if (!name.endsWith(charMark)) continue;
        result.columnNames[index] = name.slice(0, -charMark.length);
        result.columnTypes[index] = ColumnTypeEnum.Character;
      }
      return result;
    },
  });
}

/** Cannot occur in a column name. */
const charMark = '\u0000char';

/** Object ids of pg_type.h. */
const charOid = 18;
const textOid = 25;

interface RowDescription {
  readonly fields: { name: string; dataTypeID: number }[];
}

/**
 * The adapter throws on the type of a `"char"` column, so the column is presented to it as text
 * whose name carries the true type past it, to `queryRaw` above.
 */
function markCharColumns(client: pg.PoolClient): void {
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.prependListener('rowDescription', ({ fields }: RowDescription) => {
    for (const field of fields) {
      if (field.dataTypeID !== charOid) continue;
      field.dataTypeID = textOid;
      field.name += charMark;
    }
  });
}
