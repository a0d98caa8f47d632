import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { deliverSession } from '../sessions/index.ts';
import { removePasskey, renamePasskey } from './manage-passkeys.ts';
import { finishPasskeyRegistration, startPasskeyRegistration } from './register-passkey.ts';
import { signInWithPasskey } from './sign-in-with-passkey.ts';

export const resolvers: Resolvers = {
  Mutation: {
    startPasskeyRegistration: (_, __, ctx) =>
      answerWithFailures('PasskeyCreationOptions', () => startPasskeyRegistration(ctx)),
    finishPasskeyRegistration: (_, { input }, ctx) =>
      answerWithFailures('FinishPasskeyRegistrationSuccess', () =>
        finishPasskeyRegistration(ctx, input),
      ),
    renamePasskey: (_, { input }, ctx) =>
      answerWithFailures('RenamePasskeySuccess', () => renamePasskey(ctx, input)),
    removePasskey: (_, { input }, ctx) =>
      answerWithFailures('RemovePasskeySuccess', () => removePasskey(ctx, input)),
    signInWithPasskey: (_, { input }, ctx) =>
      answerWithFailures('SignInSuccess', () => deliverSession(ctx, signInWithPasskey(ctx, input))),
  },
  Account: {
    passkeys: ({ userId }, _, ctx) =>
      ctx.db.client.passkey.findMany({
        where: { userId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),
  },
};
