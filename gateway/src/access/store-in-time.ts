import { withinTime } from '@civitas/platform/concurrency';
import { CivitasError } from '@civitas/platform/errors';
import { createMemoryKeyValueStore, type KeyValueStore } from '@civitas/platform/keyvalue';
import type { Logger } from '@civitas/platform/telemetry';

type Question<Answer> = (store: KeyValueStore) => Promise<Answer>;

/** The store of all gateways, for which no request waits long: while it is away this process goes on alone. */
export interface StoreInTime {
  /** Of something small that counts: while the store is away it is counted here. */
  count<Answer>(question: Question<Answer>): Promise<Answer>;
  /** @param otherwise the answer while the store is away. */
  ask<Answer>(question: Question<Answer>, otherwise: Answer): Promise<Answer>;
}

/** Longer than any healthy store takes, and short enough to be waited for by everybody at once. */
const STORE_MS = 250;
/** After a failure this process goes on alone for so long, before it asks the store again. */
const ALONE_MS = 2_000;

const tooLate = () => new CivitasError('SERVICE_UNAVAILABLE', { message: 'No answer in time.' });

/** What is counted and known by all gateways, and by each for itself while their store is slow or gone. */
export function createStoreInTime(store: KeyValueStore, log: Logger): StoreInTime {
  const alone = createMemoryKeyValueStore({ now: () => new Date() });
  let aloneUntil = 0;

  async function ask<Answer>(
    question: Question<Answer>,
    otherwise: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    if (performance.now() < aloneUntil) return otherwise();
    try {
      return await withinTime(question(store), STORE_MS, tooLate);
    } catch (error) {
      if (performance.now() >= aloneUntil) {
        log.warn({ err: error }, 'the store of all gateways is away: this one goes on alone');
      }
      aloneUntil = performance.now() + ALONE_MS;
      return otherwise();
    }
  }

  return {
    count: (question) => ask(question, () => question(alone)),
    ask: (question, otherwise) => ask(question, () => otherwise),
  };
}
