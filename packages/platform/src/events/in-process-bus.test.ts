import { expect, test } from 'vitest';
import { createInProcessBus } from './index.ts';
import { busContract } from './test/bus-contract.ts';
import { log } from './test/scene.ts';

const redeliveryDelayMs = () => 5;

busContract({ name: 'in-process', newBus: () => createInProcessBus({ log, redeliveryDelayMs }) });

test('nothing is published past consumers that have not all subscribed', async () => {
  const bus = createInProcessBus({ log });
  const event = {
    id: 'evt_1',
    type: 'town.house.moved',
    source: 'town',
    aggregateId: 'h1',
    occurredAt: new Date(),
    payload: {},
  };
  const seen: unknown[] = [];
  const published = bus.publish([event]);
  bus.subscribe({
    consumer: 'finance',
    types: ['town.house.moved'],
    deliver: async (delivered) => void seen.push(delivered),
  });
  await bus.start();
  await published;
  expect(seen).toEqual([event]);
  await bus.close();
});

test('a bus that closes without having started refuses what was published', async () => {
  const bus = createInProcessBus({ log });
  const published = bus.publish([]);
  await bus.close();
  await expect(published).rejects.toThrow('closed');
});
