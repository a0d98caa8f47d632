import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/** What the marketplace holds of a person: what they offer, bought and sold. */
export function personalData(now: () => Date): PersonalData<PrismaClient> {
  return {
    subgraph: 'marketplace',
    now,
    sections: {
      listings: (tx, merchantId, page) =>
        tx.listing.findMany({ where: { merchantId }, orderBy: { id: 'asc' }, ...page }),
      stockMovements: (tx, merchantId, page) =>
        tx.stockMovement.findMany({
          where: { stock: { listing: { merchantId } } },
          orderBy: { position: 'asc' },
          ...page,
        }),
      ordersPlaced: (tx, buyerId, page) =>
        tx.order.findMany({
          where: { buyerId },
          include: { lines: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      ordersSold: (tx, merchantId, page) =>
        tx.order.findMany({
          where: { merchantId },
          include: { lines: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
    },
    erase: (tx, userId) => erasePerson(tx, userId),
  };
}
