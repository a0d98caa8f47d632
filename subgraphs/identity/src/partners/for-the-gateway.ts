import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { PartnerAccount, RegisteredOperation } from '../generated/prisma/client.ts';

/** The account of a program that needs no key. */
export function findKeylessAccount(
  ctx: IdentityContext,
  name: string,
): Promise<PartnerAccount | null> {
  return ctx.db.client.partnerAccount.findUnique({ where: { name, needsKey: false } });
}

interface OperationQuestion {
  readonly partnerAccountId: string;
  readonly operationId?: string | null;
  readonly normalizedHash?: string | null;
}

/** An operation of an account, by its id or by what its document says. */
export function findOperation(
  ctx: IdentityContext,
  { partnerAccountId, operationId, normalizedHash }: OperationQuestion,
): Promise<RegisteredOperation | null> {
  if (operationId == null && normalizedHash == null) return Promise.resolve(null);
  return ctx.db.client.registeredOperation.findFirst({
    where: {
      partnerAccountId,
      ...(operationId == null ? { normalizedHash: normalizedHash ?? '' } : { operationId }),
    },
    orderBy: { operationId: 'asc' },
  });
}

const MAX_ENTRIES = 5_000;
const count = z.bigint().min(0n);

const usageInput = z.object({
  batchId: z.uuid(),
  entries: z
    .array(
      z.object({
        apiKeyId: idOf('key'),
        day: z.iso.date(),
        operationId: z.string().max(128),
        requests: count,
        failures: count,
        cost: count,
      }),
    )
    .max(MAX_ENTRIES),
});

/**
 * Adds to the counters, once for each batch: a gateway that got no answer sends it again. Keys that
 * have no account, or are gone, are left out.
 */
export async function recordUsage(ctx: IdentityContext, input: unknown): Promise<void> {
  const { batchId, entries } = parseInput(usageInput, input);
  const json = JSON.stringify(
    entries.map((entry) => ({
      ...entry,
      requests: String(entry.requests),
      failures: String(entry.failures),
      cost: String(entry.cost),
    })),
  );
  await ctx.db.inTransaction(async (tx) => {
    const isNew = await tx.$executeRaw`
      INSERT INTO inbox (consumer, event_id, taken_at) VALUES ('operation-usage', ${batchId}, ${ctx.now()})
      ON CONFLICT DO NOTHING`;
    if (isNew === 0) return;
    // Summed and in the order of the key, so that batches of two gateways never wait for each other.
    await tx.$executeRaw`
      INSERT INTO operation_usage AS known
        (api_key_id, day, operation_id, partner_account_id, requests, failures, cost)
      SELECT api_key.id, given.day, given."operationId", api_key.partner_account_id,
             sum(given.requests), sum(given.failures), sum(given.cost)
      FROM jsonb_to_recordset(${json}::jsonb) AS given
        ("apiKeyId" text, day date, "operationId" text, requests bigint, failures bigint, cost bigint)
      JOIN api_key ON api_key.id = given."apiKeyId" AND api_key.partner_account_id IS NOT NULL
      GROUP BY 1, 2, 3, 4
      ORDER BY 1, 2, 3
      ON CONFLICT (api_key_id, day, operation_id) DO UPDATE SET
        requests = known.requests + excluded.requests,
        failures = known.failures + excluded.failures,
        cost = known.cost + excluded.cost`;
  });
}
