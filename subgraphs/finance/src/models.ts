import type { Donation } from './donations/index.ts';
import type { StatementLine, Wallet } from './wallets/index.ts';

// What resolvers pass around for each object type. The resolver types are generated from these
// (see codegen.ts).

export interface UserModel {
  readonly id: string;
}
export type WalletModel = Wallet;
export type StatementLineModel = StatementLine;
export type DonationModel = Donation;
