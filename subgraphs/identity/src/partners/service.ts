import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { type PageArguments, readPage, whereAfterKey } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { PartnerAccount } from '../generated/prisma/client.ts';
import { requireRole } from '../roles/index.ts';
import { myPartnerAccountsList } from './queries.ts';

/** The viewer's accounts, newest first, plus one row that says whether there are more. */
export function listMyPartnerAccounts(
  ctx: IdentityContext,
  args: PageArguments,
): Promise<PartnerAccount[]> {
  const viewer = requireUser(ctx);
  const { first, after } = readPage(myPartnerAccountsList, args);
  return ctx.db.client.partnerAccount.findMany({
    where: {
      ownerId: viewer.id,
      ...whereAfterKey(['createdAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}

const mode = z.enum(['LOG_UNKNOWN', 'SAFELIST', 'REQUIRE_ID']);
const upTo = (maximum: number) =>
  z.int().min(1, 'must be at least 1.').max(maximum, `must be at most ${maximum}.`);
const requestsPerMinute = upTo(100_000);
const requestsPerDay = upTo(1_000_000_000).nullish();
const maximumCost = upTo(1_000_000_000).nullish();

const openInput = z.object({
  ownerId: idOf('usr'),
  name: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be like `harbour-kiosk`.'),
  mode,
  needsKey: z.boolean(),
  requestsPerMinute,
  requestsPerDay,
  maximumCost,
});

/**
 * Opens an account for a program of somebody.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but an administrator.
 * @throws UserFailure `PartnerNameTaken`, `PersonNotFound`, `InvalidInput`.
 */
export async function openPartnerAccount(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ partnerAccount: PartnerAccount }> {
  requireUser(ctx);
  try {
    return await ctx.db.inTransaction(async (tx) => {
      await requireRole(ctx, tx, ['ADMINISTRATOR']);
      const given = parseInput(openInput, input);
      if (!(await tx.user.findUnique({ where: { id: given.ownerId } }))) {
        throw new UserFailure('PersonNotFound', 'There is nobody with this id.', [
          'input',
          'ownerId',
        ]);
      }
      const data = { ...given, id: newId('prt'), createdAt: ctx.now() };
      return { partnerAccount: await tx.partnerAccount.create({ data }) };
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'partner_account_name_key')) throw error;
    throw new UserFailure('PartnerNameTaken', 'There is a program of this name.', [
      'input',
      'name',
    ]);
  }
}

const termsInput = z.object({
  partnerAccountId: idOf('prt'),
  mode: mode.nullish(),
  requestsPerMinute: requestsPerMinute.nullish(),
  requestsPerDay,
  maximumCost,
});

/**
 * Changes the terms of an account.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for anybody but an administrator.
 * @throws UserFailure `PartnerAccountNotFound`, `InvalidInput`.
 */
export function changePartnerTerms(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ partnerAccount: PartnerAccount }> {
  requireUser(ctx);
  return ctx.db.inTransaction(async (tx) => {
    await requireRole(ctx, tx, ['ADMINISTRATOR']);
    const { partnerAccountId: id, ...given } = parseInput(termsInput, input);
    const [partnerAccount] = await tx.partnerAccount.updateManyAndReturn({
      where: { id },
      // Null is a value for the limits that may be absent, and nothing for the others.
      data: {
        mode: given.mode ?? undefined,
        requestsPerMinute: given.requestsPerMinute ?? undefined,
        requestsPerDay: given.requestsPerDay,
        maximumCost: given.maximumCost,
      },
    });
    if (!partnerAccount) throw partnerAccountNotFound(['input', 'partnerAccountId']);
    return { partnerAccount };
  });
}

/** The same for an account that is not there and for one of somebody else. */
export function partnerAccountNotFound(path: readonly string[]): UserFailure {
  return new UserFailure('PartnerAccountNotFound', 'You have no such partner account.', path);
}
