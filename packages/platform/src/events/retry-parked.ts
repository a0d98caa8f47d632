import type { PrismaClientLike } from '../database/index.ts';
import { type ConsumerOptions, sqlOf, textOf } from './consumer-options.ts';
import { lockFirstParked, noteParkedFailure, parkedAggregates, unparkEvent } from './inbox.ts';

/** What a re-drive of parked events came to. */
export interface Redriven {
  /** Events that were applied and are parked no more. */
  readonly applied: number;
  /** Aggregates whose first parked event failed again. */
  readonly failedAggregates: readonly string[];
}

export async function retryParked<Client extends PrismaClientLike>(
  options: ConsumerOptions<Client>,
): Promise<Redriven> {
  const { database, consumer } = options;
  let applied = 0;
  const failedAggregates: string[] = [];
  for (const aggregateId of await parkedAggregates(database.client, consumer)) {
    let outcome = await applyFirst(options, aggregateId);
    for (; outcome === 'applied'; outcome = await applyFirst(options, aggregateId)) applied += 1;
    if (outcome === 'failed') failedAggregates.push(aggregateId);
  }
  return { applied, failedAggregates };
}

async function applyFirst<Client extends PrismaClientLike>(
  { database, consumer, handlers, afterwards, log }: ConsumerOptions<Client>,
  aggregateId: string,
): Promise<'applied' | 'failed' | 'none'> {
  let position: bigint | undefined;
  try {
    const applied = await database.inTransaction(async (tx) => {
      const sql = sqlOf(tx);
      const event = await lockFirstParked(sql, consumer, aggregateId);
      position = event?.position;
      if (!event) return undefined;
      const handler = handlers[event.type];
      if (!handler) throw new Error(`${consumer} has no handler for ${event.type}.`);
      await handler(tx, event);
      await unparkEvent(sql, event.position);
      return event;
    });
    if (!applied) return 'none';
    // It is parked no more, so nobody would come back to this: a failure can only be told.
    await afterwards?.[applied.type]?.(applied).catch((error: unknown) => {
      log.error({ err: error, consumer, aggregateId }, 'what follows a parked event failed');
    });
    return 'applied';
  } catch (error) {
    if (position === undefined) throw error;
    await noteParkedFailure(database.client, position, textOf(error));
    log.error({ err: error, consumer, aggregateId }, 'parked event failed again');
    return 'failed';
  }
}
