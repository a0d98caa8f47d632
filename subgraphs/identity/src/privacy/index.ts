import type { EventHandler } from '@civitas/platform/events';
import { personalDataHandlers } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { ownData } from './own-data.ts';
import { answerHandlers } from './take-answers.ts';

export { downloadRoute } from './download-route.ts';
export { resolvers as privacyResolvers } from './resolvers.ts';
export { createRequestResumer } from './resume-requests.ts';

/** Identity hears its own requests as every other subgraph does, and everybody's answers. */
export function privacyHandlers(
  now: () => Date,
): Readonly<Record<string, EventHandler<PrismaClient>>> {
  return { ...personalDataHandlers('identity', ownData(now)), ...answerHandlers(now) };
}
export { erasePerson } from './erase-person.ts';
