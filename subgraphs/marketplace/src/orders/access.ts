import { CivitasError } from '@civitas/platform/errors';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { Order } from '../generated/prisma/client.ts';

/** An order is for its buyer and its merchant to read, and for nobody else. */
export function mayReadOrder(viewer: UserViewer, order: Order): boolean {
  return viewer.id === order.buyerId || viewer.id === order.merchantId;
}

/** @throws CivitasError `FORBIDDEN` unless the viewer is this person. */
export function assertSelf(viewer: UserViewer, userId: string): void {
  if (viewer.id !== userId) throw new CivitasError('FORBIDDEN');
}
