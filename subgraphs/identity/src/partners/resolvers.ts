import { answerWithFailures } from '@civitas/platform/errors';
import { readPage, toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { findKeylessAccount, findOperation, recordUsage } from './for-the-gateway.ts';
import { publishOperations } from './publish-operations.ts';
import { myPartnerAccountsList, operationsList, usageList } from './queries.ts';
import { changePartnerTerms, listMyPartnerAccounts, openPartnerAccount } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    myPartnerAccounts: async (_, args, ctx) =>
      toConnection(
        myPartnerAccountsList,
        await listMyPartnerAccounts(ctx, args),
        args.first,
        (account) => ({ key: [account.createdAt, account.id], node: account }),
      ),
    keylessPartnerAccount: (_, { name }, ctx) => findKeylessAccount(ctx, name),
    registeredOperation: (_, args, ctx) => findOperation(ctx, args),
  },
  Mutation: {
    openPartnerAccount: (_, { input }, ctx) =>
      answerWithFailures('OpenPartnerAccountSuccess', () => openPartnerAccount(ctx, input)),
    changePartnerTerms: (_, { input }, ctx) =>
      answerWithFailures('ChangePartnerTermsSuccess', () => changePartnerTerms(ctx, input)),
    publishOperations: (_, { input }, ctx) =>
      answerWithFailures('PublishOperationsSuccess', () => publishOperations(ctx, input)),
    recordOperationUsage: async (_, args, ctx) => {
      await recordUsage(ctx, args);
      return true;
    },
  },
  PartnerAccount: {
    operations: async ({ id: parentId }, args, ctx) => {
      const page = readPage(operationsList, args);
      const rows = await ctx.loaders.partnerOperations.load({ parentId, args: page });
      return toConnection(operationsList, rows, page.first, (operation) => ({
        key: [operation.version, operation.operationId],
        node: operation,
      }));
    },
    usage: async ({ id: parentId }, args, ctx) => {
      const page = readPage(usageList, args);
      const rows = await ctx.loaders.partnerUsage.load({ parentId, args: page });
      return toConnection(usageList, rows, page.first, (usage) => ({
        key: [usage.day, usage.operationId, usage.apiKeyId],
        node: usage,
      }));
    },
  },
  OperationUsage: {
    apiKey: async ({ apiKeyId }, _, ctx) => {
      const apiKey = await ctx.loaders.apiKeyById.load(apiKeyId);
      if (!apiKey) throw new Error(`No API key ${apiKeyId}, though it was used.`);
      return apiKey;
    },
  },
  ApiKey: {
    partnerAccount: ({ partnerAccountId: id }, _, ctx) =>
      id === null ? null : ctx.loaders.partnerAccountById.load(id),
  },
};
