import type { Logger } from '../telemetry/index.ts';
import type { SubscribeOptions } from './pub-sub.ts';

interface Listener extends SubscribeOptions {
  readonly onMessage: (message: unknown) => void;
}

/** Who listens to which channel in this process. */
export interface Listeners {
  channels(): string[];
  has(channel: string): boolean;
  /** @returns a function that takes the listener away again. */
  add(channel: string, listener: Listener): () => void;
  /**
   * Addresses a message in its wire form to those who listen now; calling the result hands it to
   * the ones still listening, each its own copy.
   */
  address(channel: string, text: string): () => void;
  tellGap(): void;
}

export function createListeners(log: Logger): Listeners {
  const byChannel = new Map<string, Set<Listener>>();

  function call(channel: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error({ err: error, channel }, 'a subscriber failed');
    }
  }

  return {
    channels: () => [...byChannel.keys()],
    has: (channel) => byChannel.has(channel),
    add: (channel, listener) => {
      const listeners = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byChannel.get(channel) === listeners) byChannel.delete(channel);
      };
    },
    address: (channel, text) => {
      const listeners = byChannel.get(channel);
      const addressed = [...(listeners ?? [])];
      return () => {
        for (const listener of addressed) {
          if (!listeners?.has(listener)) continue;
          call(channel, () => listener.onMessage(JSON.parse(text)));
        }
      };
    },
    tellGap: () => {
      for (const [channel, listeners] of byChannel) {
        for (const { onGap } of listeners) call(channel, () => onGap?.());
      }
    },
  };
}

/** @throws TypeError for a value that JSON cannot carry. */
export function encodeMessage(message: unknown): string {
  const text: string | undefined = JSON.stringify(message);
  if (text === undefined) throw new TypeError('A message must be a JSON value.');
  return text;
}
