import type { SubgraphName } from '../../src/subgraph-names.ts';
import type { TestDatabases } from './open-databases.ts';

/** A column that holds ids of people. */
export interface PersonColumn {
  readonly table: string;
  readonly column: string;
}

/** Of all subgraphs together. */
export interface NumberedColumn extends PersonColumn {
  readonly nth: number;
}

/** Where ids are that are of no person, and no foreign key says of what: as `table.column`. */
const OF_NOBODY: ReadonlySet<string> = new Set([
  ...['outbox', 'parked_event'].map((table) => `${table}.aggregate_id`),
  ...['inbox', 'parked_event'].map((table) => `${table}.event_id`),
  'attachment_upload.attachment_id',
  'operation_usage.operation_id',
  'passkey.credential_id',
  'provider_answer.session_id',
  'registered_operation.operation_id',
  'search_pending.document_id',
  'security_event.session_id',
  'subject.forked_from_id',
  'subject_version_topic.topic_id',
  'topic.archive_root_id',
  'topic_attachment.topic_id',
]);

/**
 * The columns of a subgraph's database that hold ids of people: those from which foreign keys lead, over
 * however many tables, to the table of people; and every other whose name is that of an id or of who did
 * something, until {@link OF_NOBODY} says that it is of something else.
 */
export async function personColumns(
  { sql }: TestDatabases,
  name: SubgraphName,
): Promise<PersonColumn[]> {
  const columns = await sql(
    name,
    `SELECT relname AS "table", attname AS "column",
       (SELECT json_agg(json_build_array(confrelid::regclass::text, target.attname))
        FROM pg_constraint, unnest(conkey, confkey) AS pair (ours, theirs)
        JOIN pg_attribute AS target ON target.attnum = pair.theirs
        WHERE contype = 'f' AND conrelid = pg_class.oid AND pair.ours = pg_attribute.attnum
          AND target.attrelid = confrelid) AS leads_to
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0
       AND NOT attisdropped AND atttypid IN ('text'::regtype, 'text[]'::regtype)
     ORDER BY relname, attname`,
  );
  const people = new Set(['user.id', 'party.id']);
  const keys = columns.filter(({ leads_to: to }) => to !== null);
  for (let before = -1; before < people.size; ) {
    before = people.size;
    for (const { table, column, leads_to: to } of keys) {
      const targets: string[] = to.map(([of, at]: string[]) => `${of?.replaceAll('"', '')}.${at}`);
      if (targets.some((target) => people.has(target))) people.add(`${table}.${column}`);
    }
  }
  return columns.filter(({ table, column, leads_to: to }) => {
    const coordinate = `${table}.${column}`;
    if (people.has(coordinate)) return true;
    const isNamedSo = /(_id|_ids|_by)$|^initiator$/.test(column);
    return to === null && isNamedSo && !OF_NOBODY.has(coordinate);
  });
}

/**
 * Writes a row for each such column, with this person in it and somebody else in the others, and a word
 * that names the column wherever a text must be. Checks are dropped for that, and neither triggers nor
 * foreign keys are asked: nothing but the columns is to be as in life.
 */
export async function insertRowsOf(
  databases: TestDatabases,
  name: SubgraphName,
  columns: readonly NumberedColumn[],
  { person, another }: { readonly person: string; readonly another: string },
): Promise<void> {
  await databases.sql(
    name,
    `DO $$ DECLARE each record; BEGIN
       FOR each IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
         WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace
       LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.of, each.conname); END LOOP;
     END $$`,
  );
  const people = new Set(columns.map(({ table, column }) => `${table}.${column}`));
  for (const { table, column, nth } of columns) {
    const word = wordOf({ table, column });
    const all = await databases.sql(
      name,
      `SELECT column_name AS column, udt_name AS type, is_nullable = 'YES' OR column_default IS NOT NULL AS optional
       FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'`,
      [table],
    );
    const values = new Map<string, string>();
    for (const { column: each, type, optional } of all) {
      if (each === column)
        values.set(each, type === '_text' ? `ARRAY['${person}']` : `'${person}'`);
      else if (optional) continue;
      else if (people.has(`${table}.${each}`)) values.set(each, `'${another}'`);
      else values.set(each, plausible(type, word, dayOf(nth)));
    }
    const names = [...values.keys()].map((each) => `"${each}"`).join(', ');
    await databases.sql(
      name,
      `SET session_replication_role = replica;
       INSERT INTO "${table}" (${names}) VALUES (${[...values.values()].join(', ')});
       RESET session_replication_role`,
    );
  }
}

/** What can be looked for in an export: not part of another one. */
export const wordOf = ({ table, column }: PersonColumn) => `${table}--${column}--`;

/** The same in rows that have no texts: nothing else is of that century. */
export function dayOf(nth: number): string {
  return new Date(Date.UTC(2101, 0, 1 + nth)).toISOString().slice(0, 10);
}

function plausible(type: string, word: string, day: string): string {
  const known: Readonly<Record<string, string>> = {
    text: `'${word}'`,
    _text: `ARRAY['${word}']`,
    bytea: `sha256('${word}')`,
    timestamptz: `'${day}'`,
    date: `'${day}'`,
    jsonb: `'{}'`,
    bool: 'false',
    int2: '1',
    int4: '1',
    int8: '1',
    float8: '1',
  };
  return known[type] ?? `(enum_range(NULL::"${type}"))[1]`;
}
