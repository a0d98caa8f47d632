import { randomBytes } from 'node:crypto';
import { connectEventBus } from '@civitas/platform/events';
import { connectPubSub } from '@civitas/platform/pubsub';
import { LocalStartError } from '../local-start-error.ts';
import type { SubgraphName } from '../subgraph-names.ts';
import { createOneSubgraph } from '../subgraphs.ts';
import type { OperatorOptions } from './run-command.ts';

interface RetryOptions extends OperatorOptions {
  readonly subgraph: SubgraphName;
  /** Null: all of the subgraph. */
  readonly consumer: string | null;
}

/**
 * Applies what is parked in a subgraph again, beside the graph or without it: rows are locked, and
 * what handlers tell others goes into the outbox.
 *
 * @returns a line per consumer.
 * @throws LocalStartError when there is no such consumer, or an event failed again: what was applied
 * before stays.
 */
export async function retryParked(options: RetryOptions): Promise<readonly string[]> {
  const { subgraph: name, urls, redisUrl, log } = options;
  const bus = connectEventBus({ redisUrl, log });
  try {
    const subgraph = await createOneSubgraph(name, {
      databaseUrls: urls,
      bus,
      // It opens no session.
      refreshSecret: randomBytes(32).toString('hex'),
      encryptionSecret: name === 'identity' ? await options.encryptionSecret() : '',
      publicUrl: 'http://localhost:4000',
      accessChanges: connectPubSub({ redisUrl: undefined, log }),
      log,
    });
    return await retryIn(subgraph.consumers, options).finally(() => subgraph.stop());
  } finally {
    await bus.close();
  }
}

async function retryIn(
  all: Awaited<ReturnType<typeof createOneSubgraph>>['consumers'],
  { subgraph, consumer: wanted }: RetryOptions,
): Promise<readonly string[]> {
  const consumers = all.filter(({ name }) => wanted === null || name === wanted);
  if (consumers.length === 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new LocalStartError(`${subgraph} has no consumer "${wanted}", only ${known}.`);
  }
  const lines: string[] = [];
  let failures = 0;
  for (const consumer of consumers) {
    const { applied, failedAggregates } = await consumer.retryParked();
    failures += failedAggregates.length;
    const failed =
      failedAggregates.length > 0 ? `; failed again: ${failedAggregates.join(', ')}` : '';
    lines.push(`${consumer.name}: ${applied} applied${failed}`);
  }
  if (failures === 0) return lines;
  throw new LocalStartError(`${lines.join('; ')}. Why: npm run operator -- parked ${subgraph}`);
}
