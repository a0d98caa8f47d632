import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** What finance holds of a person: wallets, every movement on them, and donations. */
export function personalData(now: () => Date): PersonalData<PrismaClient> {
  return {
    subgraph: 'finance',
    now,
    sections: {
      wallets: (tx, ownerId, page) =>
        tx.account.findMany({ where: { ownerId }, orderBy: { id: 'asc' }, ...page }),
      movements: (tx, ownerId, page) =>
        tx.posting.findMany({
          where: { account: { ownerId } },
          include: { entry: { select: { kind: true, occurredAt: true } } },
          orderBy: [{ accountId: 'asc' }, { sequence: 'asc' }],
          ...page,
        }),
      notes: (tx, initiator, page) =>
        tx.entry.findMany({
          where: { initiator, description: { not: null } },
          select: { id: true, description: true, occurredAt: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      donationsMade: (tx, donorId, page) =>
        tx.donation.findMany({ where: { donorId }, orderBy: { id: 'asc' }, ...page }),
      // Without the donor: whoever gave anonymously is nobody's to know.
      donationsReceived: (tx, familyId, page) =>
        tx.donation.findMany({
          where: { familyId },
          omit: { donorId: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
    },
    erase: async (tx, userId, now) => {
      // Closed before, normally; the database gives up words of closed parties alone.
      await tx.party.updateMany({ where: { id: userId, closedAt: null }, data: { closedAt: now } });
      await tx.entry.updateMany({
        where: { initiator: userId, description: { not: null } },
        data: { description: null },
      });
    },
  };
}
