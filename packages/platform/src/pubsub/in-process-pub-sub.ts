import type { Logger } from '../telemetry/index.ts';
import { createListeners, encodeMessage } from './listeners.ts';
import type { PubSub } from './pub-sub.ts';

/** Fan-out within one process. It has no gaps: `onGap` is never called. */
export function createInProcessPubSub({ log }: { readonly log: Logger }): PubSub {
  const listeners = createListeners(log);
  let isClosed = false;
  return {
    publish: async (channel, message) => {
      if (isClosed) throw new Error('The pub/sub is closed.');
      const deliver = listeners.address(channel, encodeMessage(message));
      // Later, as from a broker: a publisher never runs its subscribers' code.
      setImmediate(() => {
        if (!isClosed) deliver();
      });
    },
    subscribe: async (channel, onMessage, options = {}) => {
      if (isClosed) throw new Error('The pub/sub is closed.');
      const remove = listeners.add(channel, { onMessage, ...options });
      return async () => remove();
    },
    close: async () => {
      isClosed = true;
    },
  };
}
