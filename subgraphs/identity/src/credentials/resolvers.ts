import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { changeEmail } from './change-email.ts';
import { changePassword } from './change-password.ts';
import { requestPasswordReset, resetPassword } from './reset-password.ts';
import { findMyAccount } from './service.ts';
import { sendVerificationEmail, verifyEmail } from './verify-email.ts';

export const resolvers: Resolvers = {
  Query: { myAccount: (_, __, ctx) => findMyAccount(ctx) },
  Mutation: {
    verifyEmail: (_, { input }, ctx) =>
      answerWithFailures('VerifyEmailSuccess', () => verifyEmail(ctx, input)),
    sendVerificationEmail: (_, __, ctx) =>
      answerWithFailures('SendVerificationEmailSuccess', () => sendVerificationEmail(ctx)),
    changeEmail: (_, { input }, ctx) =>
      answerWithFailures('ChangeEmailSuccess', () => changeEmail(ctx, input)),
    changePassword: (_, { input }, ctx) =>
      answerWithFailures('ChangePasswordSuccess', () => changePassword(ctx, input)),
    requestPasswordReset: (_, { input }, ctx) =>
      answerWithFailures('RequestPasswordResetSuccess', () => requestPasswordReset(ctx, input)),
    resetPassword: (_, { input }, ctx) =>
      answerWithFailures('ResetPasswordSuccess', () => resetPassword(ctx, input)),
  },
  Account: { emailVerified: ({ emailVerifiedAt }) => emailVerifiedAt !== null },
};
