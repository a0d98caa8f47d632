import { cursorList, cursorTypes, type Page } from '@civitas/platform/pagination';
import { z } from 'zod';
import type { IdentityDatabase } from '../context.ts';
import { Prisma, type RegisteredOperation } from '../generated/prisma/client.ts';

export const myPartnerAccountsList = cursorList('Query.myPartnerAccounts', [
  cursorTypes.instant,
  cursorTypes.id('prt'),
]);

export const operationsList = cursorList('PartnerAccount.operations', [
  cursorTypes.int,
  cursorTypes.text,
]);

export const usageList = cursorList('PartnerAccount.usage', [
  z.iso.date(),
  cursorTypes.text,
  cursorTypes.id('key'),
]);

/** Counters of one key, operation and day. */
export interface Usage {
  readonly partnerAccountId: string;
  readonly apiKeyId: string;
  /** ISO 8601. */
  readonly day: string;
  readonly operationId: string;
  readonly requests: bigint;
  readonly failures: bigint;
  readonly cost: bigint;
}

/** One page for each of many accounts, `first + 1` rows each, in one statement on one index. */
export async function fetchOperations(
  db: IdentityDatabase,
  accountIds: readonly string[],
  { first, after }: Page<readonly [number, string]>,
): Promise<ReadonlyMap<string, RegisteredOperation[]>> {
  const before =
    after && Prisma.sql`AND (version, operation_id) < (${after[0]}::integer, ${after[1]}::text)`;
  const rows = await db.client.$queryRaw<RegisteredOperation[]>`
    SELECT page.partner_account_id AS "partnerAccountId",
           page.operation_id       AS "operationId",
           page.normalized_hash    AS "normalizedHash",
           page.name,
           page.document,
           page.version,
           page.published_at       AS "publishedAt"
    FROM unnest(${accountIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM registered_operation
      WHERE partner_account_id = parent.id ${before ?? Prisma.empty}
      ORDER BY version DESC, operation_id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.partnerAccountId);
}

/** The same for the counters of use. */
export async function fetchUsage(
  db: IdentityDatabase,
  accountIds: readonly string[],
  { first, after }: Page<readonly [string, string, string]>,
): Promise<ReadonlyMap<string, Usage[]>> {
  const before =
    after &&
    Prisma.sql`AND (day, operation_id, api_key_id) < (${after[0]}::date, ${after[1]}::text, ${after[2]}::text)`;
  const rows = await db.client.$queryRaw<Usage[]>`
    SELECT page.partner_account_id AS "partnerAccountId",
           page.api_key_id         AS "apiKeyId",
           page.day::text          AS day,
           page.operation_id       AS "operationId",
           page.requests, page.failures, page.cost
    FROM unnest(${accountIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM operation_usage
      WHERE partner_account_id = parent.id ${before ?? Prisma.empty}
      ORDER BY day DESC, operation_id DESC, api_key_id DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.partnerAccountId);
}
