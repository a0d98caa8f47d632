import type { SqlRunner } from '@civitas/platform/database';
import { cursorList, cursorTypes } from '@civitas/platform/pagination';
import { Prisma } from '../generated/prisma/client.ts';
import type { StatementLine } from './wallet.ts';

export const statementList = cursorList('Wallet.entries', [cursorTypes.bigint]);

/** In a form that a loader can compare as JSON, which knows no bigint. */
export interface StatementPage {
  readonly first: number;
  /** Lines with a lower sequence than this, as digits; or from the newest. */
  readonly before: string | null;
}

/**
 * Postings `line` as their wallet's owner may read them. Who gave an anonymous donation does not
 * leave the database towards the side that received it; the platform's accounts have no owner.
 */
const readAsLines = Prisma.sql`
  JOIN entry ON entry.id = line.entry_id
  LEFT JOIN donation ON donation.entry_id = line.entry_id
  LEFT JOIN LATERAL (
    SELECT account.owner_id
    FROM posting AS opposite JOIN account ON account.id = opposite.account_id
    WHERE opposite.entry_id = line.entry_id AND opposite.account_id <> line.account_id
      AND NOT (line.amount_minor > 0 AND coalesce(donation.anonymous, false))
    LIMIT 1
  ) AS counterparty ON true`;

const lineColumns = Prisma.sql`
  line.account_id       AS "walletId",
  line.sequence         AS "sequence",
  line.entry_id         AS "entryId",
  entry.kind            AS "kind",
  line.currency         AS "currency",
  line.amount_minor     AS "amountMinor",
  line.balance_after    AS "balanceAfter",
  counterparty.owner_id AS "counterpartyId",
  entry.description     AS "note",
  entry.occurred_at     AS "occurredAt",
  donation.id           AS "donationId"`;

/** One page of the statements of many wallets, `first + 1` lines each, in one statement. */
export async function fetchStatements(
  sql: SqlRunner,
  walletIds: readonly string[],
  { first, before }: StatementPage,
): Promise<ReadonlyMap<string, StatementLine[]>> {
  const older = before === null ? Prisma.empty : Prisma.sql`AND sequence < ${before}::bigint`;
  const lines = await sql.$queryRaw<StatementLine[]>`
    SELECT ${lineColumns}
    FROM unnest(${walletIds}::text[]) AS wallet (id)
    CROSS JOIN LATERAL (
      SELECT * FROM posting WHERE account_id = wallet.id ${older}
      ORDER BY sequence DESC LIMIT ${first + 1}
    ) AS line
    ${readAsLines}
    ORDER BY line.account_id, line.sequence DESC`;
  return Map.groupBy(lines, (line) => line.walletId);
}

/** What an entry did to one wallet. @throws Error when it did nothing. */
export async function fetchLineOfEntry(
  sql: SqlRunner,
  entryId: string,
  walletId: string,
): Promise<StatementLine> {
  const [line] = await sql.$queryRaw<StatementLine[]>`
    SELECT ${lineColumns} FROM posting AS line ${readAsLines}
    WHERE line.entry_id = ${entryId} AND line.account_id = ${walletId}`;
  if (!line) throw new Error(`Entry ${entryId} has no posting on ${walletId}.`);
  return line;
}
