import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { hasSecondFactor } from '../proofs/index.ts';
import { deliverSession } from '../sessions/index.ts';
import { completeSignIn, startPasskeySignIn } from './complete-sign-in.ts';
import { confirmTotpEnrolment, startTotpEnrolment } from './enrol.ts';
import { disableMfa, regenerateRecoveryCodes } from './manage.ts';

export const resolvers: Resolvers = {
  Mutation: {
    completeSignIn: (_, { input }, ctx) =>
      answerWithFailures('SignInSuccess', () => deliverSession(ctx, completeSignIn(ctx, input))),
    startPasskeySignIn: (_, { input }, ctx) =>
      answerWithFailures('PasskeyRequestOptions', () => startPasskeySignIn(ctx, input)),
    startTotpEnrolment: (_, { input }, ctx) =>
      answerWithFailures('StartTotpEnrolmentSuccess', () => startTotpEnrolment(ctx, input)),
    confirmTotpEnrolment: (_, { input }, ctx) =>
      answerWithFailures('RecoveryCodes', () => confirmTotpEnrolment(ctx, input)),
    disableMfa: (_, { input }, ctx) =>
      answerWithFailures('DisableMfaSuccess', () => disableMfa(ctx, input)),
    regenerateRecoveryCodes: (_, { input }, ctx) =>
      answerWithFailures('RecoveryCodes', () => regenerateRecoveryCodes(ctx, input)),
  },
  Account: {
    mfaEnabled: ({ userId }, _, ctx) => hasSecondFactor(ctx.db.client, userId),
    recoveryCodesLeft: ({ userId }, _, ctx) =>
      ctx.db.client.recoveryCode.count({ where: { userId } }),
  },
};
