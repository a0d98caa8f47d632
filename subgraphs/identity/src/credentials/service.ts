import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { Account } from '../generated/prisma/client.ts';

/** The viewer's own account, which nobody else can read. */
export function findMyAccount(ctx: IdentityContext): Promise<Account | null> {
  const { id: userId } = requireUser(ctx);
  return ctx.db.client.account.findUnique({ where: { userId } });
}
