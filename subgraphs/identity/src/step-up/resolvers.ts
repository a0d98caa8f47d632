import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { startPasskeyStepUp, stepUp } from './service.ts';

export const resolvers: Resolvers = {
  Mutation: {
    stepUp: (_, { input }, ctx) => answerWithFailures('StepUpSuccess', () => stepUp(ctx, input)),
    startPasskeyStepUp: (_, __, ctx) => startPasskeyStepUp(ctx),
  },
};
