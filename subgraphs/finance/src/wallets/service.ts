import { CivitasError } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { FinanceContext } from '../context.ts';
import { statementList } from './statement-queries.ts';
import type { StatementLine, Wallet } from './wallet.ts';

/**
 * A wallet of the viewer; somebody else's is answered like none at all.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `MALFORMED_ID`.
 */
export async function findWallet(ctx: FinanceContext, id: string): Promise<Wallet | null> {
  const viewer = requireUser(ctx);
  const wallet = await ctx.loaders.walletById.load(parseId('wal', id));
  return wallet?.ownerId === viewer.id ? wallet : null;
}

/** @throws CivitasError `UNAUTHENTICATED`; `FORBIDDEN` unless it is the viewer who is asked about. */
export async function listWallets(
  ctx: FinanceContext,
  owner: { readonly id: string },
): Promise<Wallet[]> {
  assertIsViewer(ctx, owner.id);
  return ctx.loaders.walletsOfOwner.load({ parentId: owner.id, args: null });
}

/**
 * A page of a wallet's statement, newest line first, plus one line that says whether there is more.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` unless it is the viewer's wallet.
 */
export async function listStatement(
  ctx: FinanceContext,
  wallet: Wallet,
  args: PageArguments,
): Promise<StatementLine[]> {
  assertIsViewer(ctx, wallet.ownerId);
  const { first, after } = readPage(statementList, args);
  const page = { first, before: after && String(after[0]) };
  return ctx.loaders.statement.load({ parentId: wallet.id, args: page });
}

function assertIsViewer(ctx: FinanceContext, userId: string): void {
  if (requireUser(ctx).id !== userId) throw new CivitasError('FORBIDDEN');
}
