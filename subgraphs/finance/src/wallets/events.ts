import type { EventHandler } from '@civitas/platform/events';
import { isId } from '@civitas/platform/ids';
import { z } from 'zod';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { PartyKind } from '../generated/prisma/client.ts';
import { ensureWallet } from './open-wallet.ts';

/** The currency everybody starts with. */
const FIRST_CURRENCY = 'EUR';

const userRegistered = z.object({
  userId: z.string().refine((value) => isId('usr', value)),
  kind: z.enum(PartyKind),
});

export const walletHandlers: Readonly<Record<string, EventHandler<PrismaClient>>> = {
  /** Somebody new is known to the ledger from here on, and can be paid. */
  'identity.user.registered': async (tx, event) => {
    const { userId, kind } = userRegistered.parse(event.payload);
    const party = { id: userId, kind, registeredAt: event.occurredAt };
    await ensureWallet(tx, party, FIRST_CURRENCY, event.occurredAt);
  },
};
