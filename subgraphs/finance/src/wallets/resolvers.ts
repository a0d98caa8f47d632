import { answerWithFailures } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { openWallet } from './open-wallet.ts';
import { findWallet, listStatement, listWallets } from './service.ts';
import { statementList } from './statement-queries.ts';

export const resolvers: Resolvers = {
  Query: {
    wallet: (_, { id }, ctx) => findWallet(ctx, id),
  },
  Mutation: {
    openWallet: (_, { input }, ctx) =>
      answerWithFailures('OpenWalletSuccess', () => openWallet(ctx, input)),
  },
  User: {
    __resolveReference: ({ id }) => ({ id: parseId('usr', id) }),
    wallets: (user, _, ctx) => listWallets(ctx, user),
  },
  Wallet: {
    __resolveReference: ({ id }, ctx) => findWallet(ctx, id),
    owner: ({ ownerId }) => ({ id: ownerId }),
    balance: ({ balanceMinor, currency }) => ({ amountMinor: balanceMinor, currency }),
    entries: async (wallet, args, ctx) =>
      toConnection(statementList, await listStatement(ctx, wallet, args), args.first, (line) => ({
        key: [line.sequence],
        node: line,
      })),
  },
  StatementLine: {
    id: ({ entryId }) => entryId,
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
    balanceAfter: ({ balanceAfter, currency }) => ({ amountMinor: balanceAfter, currency }),
    counterparty: ({ counterpartyId }) => (counterpartyId === null ? null : { id: counterpartyId }),
    donation: ({ donationId }, _, ctx) =>
      donationId === null ? null : ctx.loaders.donationById.load(donationId),
  },
};
