import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { SecurityEventType } from '../generated/prisma/client.ts';

interface Happening {
  readonly userId: string;
  readonly type: SecurityEventType;
  readonly sessionId?: string | null;
  /** Absent when it was the owner, or who runs the platform. */
  readonly actorId?: string;
  /** What exactly; never a secret. */
  readonly subject?: string;
}

/** Adds to the log of an account, in the transaction of what it tells of. */
export async function recordSecurityEvent(
  ctx: Pick<IdentityContext, 'now'>,
  tx: IdentityTransaction,
  happening: Happening,
): Promise<void> {
  await tx.securityEvent.create({
    data: { id: newId('sev'), ...happening, occurredAt: ctx.now() },
  });
}
