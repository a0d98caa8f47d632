import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { existingUser } from '../people/index.ts';
import { decideVerification } from './decide-verification.ts';
import { endVerification } from './end-verification.ts';
import { requestVerification } from './request-verification.ts';
import {
  findMyVerification,
  listVerificationRequests,
  verificationRequestsList,
} from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    myVerification: (_, __, ctx) => findMyVerification(ctx),
    verificationRequests: async (_, args, ctx) =>
      toConnection(
        verificationRequestsList,
        await listVerificationRequests(ctx, args),
        args.first,
        (request) => ({ key: [request.requestedAt, request.id], node: request }),
      ),
  },
  Mutation: {
    requestVerification: (_, { input }, ctx) =>
      answerWithFailures('RequestVerificationSuccess', () => requestVerification(ctx, input)),
    decideVerification: (_, { input }, ctx) =>
      answerWithFailures('DecideVerificationSuccess', () => decideVerification(ctx, input)),
    endVerification: (_, { input }, ctx) =>
      answerWithFailures('EndVerificationSuccess', () => endVerification(ctx, input)),
  },
  VerificationRequest: {
    person: ({ userId }, _, ctx) => existingUser(ctx, userId),
    decidedBy: ({ decidedById }, _, ctx) =>
      decidedById === null ? null : ctx.loaders.userById.load(decidedById),
  },
};
