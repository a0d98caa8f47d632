import type { DomainEvent, EventBus } from '../events/index.ts';
import { personalDataRequest } from './answers.ts';

/**
 * For `afterwards` of a consumer that erases: what the broker still keeps of this subgraph's events about
 * whoever was erased goes, too.
 *
 * @param source the subgraph that asks, which owns people.
 */
export function forgetErased(
  source: string,
  subgraph: string,
  bus: EventBus,
): Readonly<Record<string, (event: DomainEvent) => Promise<void>>> {
  return {
    [`${source}.user.erased`]: async ({ payload }) => {
      await bus.forget(subgraph, personalDataRequest.parse(payload).userId);
    },
  };
}
