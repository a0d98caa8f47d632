import type { IdentityContext } from '../context.ts';
import type { ApiKey, PartnerAccount, User } from '../generated/prisma/client.ts';
import { hashApiKey } from './secret.ts';

/** How exactly the last use is known; each request would be a write otherwise. */
const LAST_USE_MS = 60_000;

interface Holder extends ApiKey {
  readonly owner: User;
  readonly partnerAccount: PartnerAccount | null;
}

/** Who may act with a key now; null for one that is unknown, revoked or expired. */
export async function findApiKeyHolder(ctx: IdentityContext, key: string): Promise<Holder | null> {
  const hash = hashApiKey(key);
  if (!hash) return null;
  const known = await ctx.db.client.apiKey.findUnique({
    where: { hash },
    include: { owner: true, partnerAccount: true },
  });
  const now = ctx.now();
  if (!known || known.revokedAt || known.expiresAt <= now) return null;
  const stale = new Date(now.getTime() - LAST_USE_MS);
  if (!known.lastUsedAt || known.lastUsedAt <= stale) {
    await ctx.db.client.apiKey.updateMany({ where: { id: known.id }, data: { lastUsedAt: now } });
  }
  return known;
}
