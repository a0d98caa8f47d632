import type { EventBus } from '@civitas/platform/events';
import type { PubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { presentRights, ROLES_CHANGED } from '../roles/index.ts';
import { SESSIONS_ENDED } from '../sessions/index.ts';
import { VERIFICATION_ENDED, VERIFIED } from '../verification/index.ts';

/** Every gateway listens here; its `access-changes.ts` has the same name. */
const CHANNEL = 'identity.access-changes';

const ofPerson = z.object({ userId: z.string() });
const ofSessions = z.object({
  userId: z.string(),
  endedSessions: z.array(z.string()),
  endsAt: z.string().optional(),
});

/** After which somebody's rights are told as they are now, whatever the event said of them. */
const RIGHTS: ReadonlySet<string> = new Set([ROLES_CHANGED, VERIFIED, VERIFICATION_ENDED]);

interface Announced extends Pick<IdentityContext, 'db' | 'rolesNeedSecondFactor'> {
  readonly bus: EventBus;
  readonly pubsub: PubSub;
}

/**
 * Tells every gateway whose rights have changed, so that open subscriptions and tokens under way do
 * not outlive them. Told at least once, after the change has been committed; who misses it goes by
 * the access token until that expires.
 */
export function announceAccessChanges({ bus, pubsub, ...policy }: Announced): void {
  bus.subscribe({
    // A consumer of its own beside the one that handles requests about personal data.
    consumer: 'identity.access-changes',
    types: [...RIGHTS, SESSIONS_ENDED],
    deliver: async ({ type, payload }) => {
      if (type === SESSIONS_ENDED) return pubsub.publish(CHANNEL, ofSessions.parse(payload));
      const { userId } = ofPerson.parse(payload);
      const rights = await presentRights(policy, policy.db.client, userId);
      const now = rights ?? { roles: [], policies: [], scopes: [] };
      // Who is verified has the roles of their token still.
      return pubsub.publish(
        CHANNEL,
        type === ROLES_CHANGED ? { userId, ...now } : { userId, policies: now.policies },
      );
    },
  });
}
