import { newId } from '@civitas/platform/ids';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { TemplateName } from './templates.ts';

export interface QueuedMail {
  readonly template: TemplateName;
  /** Null where finding the account is part of sending. */
  readonly userId: string | null;
  readonly recipient: string;
  /** What it is about beside the account, such as a registration. */
  readonly reference?: string;
}

/**
 * Writes mail to be sent, in the caller's transaction: it is sent if that commits, whatever dies
 * after. Call `ctx.mail.wake()` after the commit, or it is sent some seconds later.
 */
export async function queueMail(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  mails: readonly QueuedMail[],
): Promise<void> {
  const now = ctx.now();
  await tx.pendingMail.createMany({
    data: mails.map((mail) => ({ id: newId('mai'), ...mail, createdAt: now, dueAt: now })),
  });
}
