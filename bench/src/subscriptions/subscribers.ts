import { createLimit } from '@civitas/platform/concurrency';
import { Subscriber } from './subscriber.ts';

/** Connections that are opened at the same time; the rest waits, as the system's backlog would. */
const OPENING = 250;

/** Many clients of one subscription, each with a socket of its own. */
export interface Subscribers {
  /** Resolves when every one of them has got an event that was not there before the call. */
  everyoneHears(): Promise<void>;
  /** How many have a socket. */
  connected(): number;
  /** Cuts every connection without a word. */
  cut(): void;
}

/** Opens `count` sockets and subscribes on each; resolves when all have been heard by the server. */
export async function subscribe(url: string, count: number, query: string): Promise<Subscribers> {
  const limit = createLimit(OPENING);
  const address = new URL(url);
  let waiting: { left: Set<Subscriber>; all: () => void } | undefined;

  const onNext = (subscriber: Subscriber) => {
    if (waiting?.left.delete(subscriber) && waiting.left.size === 0) waiting.all();
  };
  const open = async () => {
    const subscriber = await Subscriber.open(address, query);
    subscriber.onNext(onNext);
    return subscriber;
  };

  const all = await Promise.all(Array.from({ length: count }, () => limit(open)));
  return {
    connected: () => all.filter(({ isConnected }) => isConnected).length,
    everyoneHears: () =>
      new Promise((heard) => {
        waiting = { left: new Set(all), all: heard };
      }),
    cut: () => {
      for (const subscriber of all) subscriber.cut();
    },
  };
}
