import type { SqlRunner } from '@civitas/platform/database';
import { type Money, money } from '@civitas/platform/money';
import { afterKey, cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import { type Currency, Prisma } from '../generated/prisma/client.ts';
import type { Donation } from './donation.ts';

const key = [cursorTypes.instant, cursorTypes.id('don')] as const;
export const donationsReceivedList = cursorList('User.donationsReceived', key);
export const donationsMadeList = cursorList('User.donationsMade', key);

export type DonationPage = Page<readonly [Date, string]>;

/**
 * Rows of `donation` under the name `page`, as anybody may read them. The only place that reads
 * `donor_id` into the program, and it leaves out who gave anonymously.
 */
const readAsDonations = Prisma.sql`
  page.id           AS "id",
  page.amount_minor AS "amountMinor",
  page.currency     AS "currency",
  page.anonymous    AS "anonymous",
  CASE WHEN NOT page.anonymous THEN page.donor_id END AS "donorId",
  page.family_id    AS "familyId",
  entry.description AS "message",
  page.donated_at   AS "donatedAt"`;

export function fetchDonations(sql: SqlRunner, ids: readonly string[]): PromiseLike<Donation[]> {
  return sql.$queryRaw<Donation[]>`
    SELECT ${readAsDonations}
    FROM donation AS page JOIN entry ON entry.id = page.entry_id
    WHERE page.id = ANY (${ids}::text[])`;
}

/** @throws Error when the entry is none of a donation. */
export async function fetchDonationOfEntry(sql: SqlRunner, entryId: string): Promise<Donation> {
  const [donation] = await sql.$queryRaw<Donation[]>`
    SELECT ${readAsDonations}
    FROM donation AS page JOIN entry ON entry.id = page.entry_id
    WHERE page.entry_id = ${entryId}`;
  if (!donation) throw new Error(`Entry ${entryId} is no donation.`);
  return donation;
}

/** Whose donations to list, from which side, and whether those that hide the donor are among them. */
export type DonationSide = 'family' | 'donor' | 'donor-shown';

const sides: Readonly<Record<DonationSide, Prisma.Sql>> = {
  family: Prisma.sql`family_id = person.id`,
  donor: Prisma.sql`donor_id = person.id`,
  'donor-shown': Prisma.sql`donor_id = person.id AND NOT anonymous`,
};

/**
 * One page for each of many people, `first + 1` rows each, in one statement on one index. The entries
 * are joined before the limit, so that the rows of a page leave in its order and nothing is sorted.
 */
export async function fetchDonationPages(
  sql: SqlRunner,
  side: DonationSide,
  personIds: readonly string[],
  { first, after }: DonationPage,
): Promise<ReadonlyMap<string, Donation[]>> {
  const older = afterKey(['page.donated_at', 'page.id'], after, 'newest first');
  const rows = await sql.$queryRaw<(Donation & { personId: string })[]>`
    SELECT person.id AS "personId", donation.*
    FROM unnest(${personIds}::text[]) AS person (id)
    CROSS JOIN LATERAL (
      SELECT ${readAsDonations}
      FROM donation AS page JOIN entry ON entry.id = page.entry_id
      WHERE ${sides[side]} ${older}
      ORDER BY page.donated_at DESC, page.id DESC LIMIT ${first + 1}
    ) AS donation`;
  return Map.groupBy(rows, ({ personId }) => personId);
}

/** What families have received in a currency: zero for nothing, absent for who is no family. */
export async function fetchDonationTotals(
  sql: SqlRunner,
  familyIds: readonly string[],
  currency: Currency,
): Promise<ReadonlyMap<string, Money>> {
  const rows = await sql.$queryRaw<{ id: string; amountMinor: bigint }[]>`
    SELECT party.id, coalesce(donation_total.amount_minor, 0) AS "amountMinor"
    FROM party LEFT JOIN donation_total
      ON donation_total.family_id = party.id AND donation_total.currency = ${currency}::currency
    WHERE party.id = ANY (${familyIds}::text[]) AND party.kind = 'FAMILY'`;
  return new Map(rows.map(({ id, amountMinor }) => [id, money(amountMinor, currency)]));
}
