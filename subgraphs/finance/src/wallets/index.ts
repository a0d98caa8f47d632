export { walletHandlers } from './events.ts';
export { createWalletLoaders } from './loaders.ts';
export { requireOwnWallet } from './own-wallet.ts';
export { payFromWallet } from './pay-from-wallet.ts';
export { resolvers as walletResolvers } from './resolvers.ts';
export { fetchLineOfEntry } from './statement-queries.ts';
export { isWallet, type StatementLine, type Wallet } from './wallet.ts';
