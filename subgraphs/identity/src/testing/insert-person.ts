import { newId } from '@civitas/platform/ids';
import type { UserKind, UserViewer } from '@civitas/platform/subgraph';
import { userViewer } from '@civitas/testkit';
import { sql } from './sql.ts';

/** Somebody to be in a test, who never has to sign in. */
export interface TestPerson {
  readonly viewer: UserViewer;
  readonly handle: string;
  readonly email: string;
}

const COLUMNS_OF_KIND: Readonly<Record<UserKind, Readonly<Record<string, unknown>>>> = {
  CIVILIAN: {},
  MERCHANT: { trade_name: 'Bread', merchant_category: 'Food' },
  OFFICER: { department: 'Harbour' },
  FAMILY: { needs_statement: 'A desk.', household_size: 3 },
  DONOR: { donor_type: 'PERSON', anonymous_by_default: true },
};

/**
 * Puts somebody of a kind straight into the database: many times faster than registering them,
 * which hashes a password. `columns` are further ones of their row.
 */
export async function insertPerson(
  databaseUrl: string,
  kind: UserKind,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<TestPerson> {
  const id = newId('usr');
  // The end of the id is random.
  const handle = `t${id.slice(-20)}`;
  const email = `${handle}@example.org`;
  const row = {
    id,
    kind,
    handle,
    display_name: 'Test Person',
    joined_at: new Date(),
    ...COLUMNS_OF_KIND[kind],
    ...(kind === 'OFFICER' && { badge_number: handle.toUpperCase().slice(0, 20) }),
    ...columns,
  };
  const names = Object.keys(row)
    .map((name) => `"${name}"`)
    .join(', ');
  const places = Object.keys(row)
    .map((_, index) => `$${index + 1}`)
    .join(', ');
  await sql(databaseUrl, `INSERT INTO "user" (${names}) VALUES (${places})`, Object.values(row));
  await sql(
    databaseUrl,
    `INSERT INTO account (user_id, email, email_verified_at, password_hash, created_at)
     VALUES ($1, $2, now(), 'none', now())`,
    [id, email],
  );
  const roles = (columns['roles'] ?? []) as string[];
  return { viewer: userViewer({ id, kind, roles }), handle, email };
}
