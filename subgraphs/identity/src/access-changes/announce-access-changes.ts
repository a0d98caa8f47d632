import type { EventBus } from '@civitas/platform/events';
import type { PubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import { ROLES_CHANGED } from '../roles/index.ts';
import { SESSIONS_ENDED } from '../sessions/index.ts';
import { VERIFICATION_ENDED, VERIFIED } from '../verification/index.ts';

/** Every gateway listens here; its `access-changes.ts` has the same name. */
const CHANNEL = 'identity.access-changes';

const policies = z.array(z.string());
const ofVerification = z.object({ userId: z.string(), policies });

const payloadShapes = {
  [ROLES_CHANGED]: z.object({ userId: z.string(), roles: z.array(z.string()), policies }),
  [VERIFIED]: ofVerification,
  [VERIFICATION_ENDED]: ofVerification,
  [SESSIONS_ENDED]: z.object({
    userId: z.string(),
    endedSessions: z.array(z.string()),
    endsAt: z.string().optional(),
  }),
} as const;

/**
 * Tells every gateway whose rights have changed, so that open subscriptions and tokens under way do
 * not outlive them. Told at least once, after the change has been committed; who misses it goes by
 * the access token until that expires.
 */
export function announceAccessChanges(bus: EventBus, pubsub: PubSub): void {
  bus.subscribe({
    // A consumer of its own beside the one that handles requests about personal data.
    consumer: 'identity.access-changes',
    types: Object.keys(payloadShapes),
    deliver: async ({ type, payload }) => {
      const shape = payloadShapes[type as keyof typeof payloadShapes];
      await pubsub.publish(CHANNEL, shape.parse(payload));
    },
  });
}
