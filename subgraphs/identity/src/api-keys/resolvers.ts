import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { PlatformRole, Resolvers } from '../generated/resolvers.ts';
import { policiesOf } from '../policies/index.ts';
import { asInForce } from '../roles/index.ts';
import { findApiKeyHolder } from './find-holder.ts';
import {
  createApiKey,
  listMyApiKeys,
  myApiKeysList,
  revokeApiKey,
  rotateApiKey,
} from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    myApiKeys: async (_, args, ctx) =>
      toConnection(myApiKeysList, await listMyApiKeys(ctx, args), args.first, (apiKey) => ({
        key: [apiKey.createdAt, apiKey.id],
        node: apiKey,
      })),
    apiKeyHolder: async (_, { key }, ctx) => {
      const holder = await findApiKeyHolder(ctx, key);
      if (!holder) return null;
      const owner = await asInForce(ctx, ctx.db.client, holder.owner);
      return {
        apiKeyId: holder.id,
        userId: holder.ownerId,
        kind: owner.kind,
        roles: owner.roles as PlatformRole[],
        policies: policiesOf(owner),
        scopes: holder.scopes,
        expiresAt: holder.expiresAt,
        partnerAccount: holder.partnerAccount,
      };
    },
  },
  Mutation: {
    createApiKey: (_, { input }, ctx) =>
      answerWithFailures('ShownApiKey', () => createApiKey(ctx, input)),
    rotateApiKey: (_, { input }, ctx) =>
      answerWithFailures('ShownApiKey', () => rotateApiKey(ctx, input)),
    revokeApiKey: (_, { input }, ctx) =>
      answerWithFailures('RevokeApiKeySuccess', () => revokeApiKey(ctx, input)),
  },
};
