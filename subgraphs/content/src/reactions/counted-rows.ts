import type { ContentTransaction } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** What a person can do to a subject or a topic once. */
export type Reaction = 'like' | 'save';
export type Target = 'subject' | 'topic';

const TARGETS = {
  subject: {
    table: Prisma.sql`subject`,
    key: Prisma.sql`subject_id`,
    rows: { like: Prisma.sql`subject_like`, save: Prisma.sql`subject_save` },
    clicks: Prisma.sql`subject_click`,
  },
  topic: {
    table: Prisma.sql`topic`,
    key: Prisma.sql`topic_id`,
    rows: { like: Prisma.sql`topic_like`, save: Prisma.sql`topic_save` },
    clicks: Prisma.sql`topic_click`,
  },
} as const;
const COUNTERS = { like: Prisma.sql`like_count`, save: Prisma.sql`save_count` } as const;

interface Whose {
  readonly target: Target;
  readonly id: string;
  readonly userId: string;
  readonly at: Date;
}

/**
 * Adds a person's reaction and counts it, or does nothing when it is there. One statement, which needs no
 * transaction around it: of many that run at once, each waits for the row of its rival and counts only what it has itself added.
 */
export async function addReaction(
  client: ContentTransaction,
  reaction: Reaction,
  { target, id, userId, at }: Whose,
): Promise<void> {
  const { table, key, rows } = TARGETS[target];
  const counter = COUNTERS[reaction];
  await client.$executeRaw`
    WITH added AS (
      INSERT INTO ${rows[reaction]} (${key}, user_id, created_at) VALUES (${id}, ${userId}, ${at})
      ON CONFLICT DO NOTHING RETURNING ${key} AS id
    )
    UPDATE ${table} AS target SET ${counter} = ${counter} + 1 FROM added WHERE target.id = added.id`;
}

/** Takes a person's reaction away and uncounts it, or does nothing when there is none. */
export async function removeReaction(
  client: ContentTransaction,
  reaction: Reaction,
  { target, id, userId }: Whose,
): Promise<void> {
  const { table, key, rows } = TARGETS[target];
  const counter = COUNTERS[reaction];
  await client.$executeRaw`
    WITH removed AS (
      DELETE FROM ${rows[reaction]} WHERE ${key} = ${id} AND user_id = ${userId}
      RETURNING ${key} AS id
    )
    UPDATE ${table} AS target SET ${counter} = ${counter} - 1
    FROM removed WHERE target.id = removed.id`;
}

/** Within this time a person's second click on the same thing is the first one still. */
const CLICK_MINUTES = 30;

/**
 * Counts a person's click unless one was counted within half an hour; those on subjects by day, too. One
 * statement: of two clicks at once the second waits for the first and finds it counted.
 */
export async function addClick(
  client: ContentTransaction,
  { target, id, userId, at }: Whose,
): Promise<void> {
  const { table, key, clicks } = TARGETS[target];
  const byDay =
    target === 'topic'
      ? Prisma.empty
      : Prisma.sql`, day AS (
      INSERT INTO subject_click_day (subject_id, day, clicks)
      SELECT id, ${at}::timestamptz::date, 1 FROM counted
      ON CONFLICT (subject_id, day) DO UPDATE SET clicks = subject_click_day.clicks + 1
    )`;
  await client.$executeRaw`
    WITH counted AS (
      INSERT INTO ${clicks} AS known (${key}, user_id, clicked_at) VALUES (${id}, ${userId}, ${at})
      ON CONFLICT (${key}, user_id) DO UPDATE SET clicked_at = excluded.clicked_at
        WHERE known.clicked_at <= excluded.clicked_at - make_interval(mins => ${CLICK_MINUTES}::int)
      RETURNING ${key} AS id
    )${byDay}
    UPDATE ${table} AS target SET click_count = click_count + 1
    FROM counted WHERE target.id = counted.id`;
}
