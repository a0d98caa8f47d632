import type { UserKind, UserViewer } from '@civitas/platform/subgraph';
import { userViewer } from '@civitas/testkit';
import { hash } from '@node-rs/argon2';
import type { TestDatabases } from '../set-up/open-databases.ts';
import type { Passer } from './who-does-what.ts';

/** Of every passer, so that what fails is not the proof that it is they. */
export const PASSER_PASSWORD = 'a password of a passer-by';

let passwordHash: Promise<string> | undefined;

/** Somebody of a kind who has nothing to do with anybody, signed in; an officer or merchant is verified. */
export async function stranger(
  { sql }: TestDatabases,
  kind: Extract<UserKind, 'CIVILIAN' | 'MERCHANT' | 'OFFICER'>,
  roles: string[] = [],
): Promise<UserViewer> {
  const viewer = userViewer({ kind, roles });
  const badge = kind === 'OFFICER' ? viewer.id.slice(-18) : null;
  const trade = kind === 'MERCHANT' ? 'Bread' : null;
  await sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at, roles, badge_number, department,
       trade_name, merchant_category, verified)
     VALUES ($1, $2, $3, 'Passer-by', now(), $4, $5, $5, $6, $6, $7)`,
    [viewer.id, kind, `p${viewer.id.slice(-18)}`, roles, badge, trade, kind !== 'CIVILIAN'],
  );
  passwordHash ??= hash(PASSER_PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await sql(
    'identity',
    `INSERT INTO account (user_id, email, email_verified_at, password_hash, created_at)
     VALUES ($1, $2, now(), $3, now())`,
    [viewer.id, `${viewer.id}@example.org`, await passwordHash],
  );
  await sql(
    'identity',
    `INSERT INTO session (id, user_id, created_at, rotated_at, expires_at, proved_at, proved_by)
     VALUES ($1, $2, now(), now(), now() + interval '9 days', now(), 'PASSWORD')`,
    [viewer.sessionId, viewer.id],
  );
  return viewer;
}

/** One of each kind and role, and nobody. */
export async function everyPasser(
  databases: TestDatabases,
): Promise<ReadonlyMap<Passer, UserViewer | undefined>> {
  return new Map<Passer, UserViewer | undefined>([
    ['nobody', undefined],
    ['a civilian', await stranger(databases, 'CIVILIAN')],
    ['an officer', await stranger(databases, 'OFFICER')],
    ['a merchant', await stranger(databases, 'MERCHANT')],
    ['support', await stranger(databases, 'CIVILIAN', ['SUPPORT'])],
    ['a moderator', await stranger(databases, 'CIVILIAN', ['MODERATOR'])],
    ['an administrator', await stranger(databases, 'CIVILIAN', ['ADMINISTRATOR'])],
  ]);
}
