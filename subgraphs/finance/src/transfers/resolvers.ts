import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { transfer } from './transfer.ts';

export const resolvers: Resolvers = {
  Mutation: {
    transfer: (_, { input }, ctx) =>
      answerWithFailures('TransferSuccess', () => transfer(ctx, input)),
  },
};
