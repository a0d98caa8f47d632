import type { Listing, Order, OrderLine, StockMovement } from './generated/prisma/client.ts';

// What resolvers pass around for each object type: the database's rows, as they are. The resolver
// types are generated from these (see codegen.ts).

/** The person belongs to identity; here only the id is known. */
export interface UserModel {
  readonly id: string;
}
export type ListingModel = Listing;
export type StockMovementModel = StockMovement;
export type OrderModel = Order;
export type OrderLineModel = OrderLine;
