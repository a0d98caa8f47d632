import { expect, vi } from 'vitest';
import type { TestDatabase } from '../../../test/open-test-database.ts';
import { appendEvents, type DomainEvent } from '../index.ts';
import type { MovedPayload } from './handler.ts';

export { log, type RunningProcess, runProcess } from './run-process.ts';

/**
 * Changes an aggregate and appends an event that tells its new state: `step` counts the changes, so
 * a consumer that applies 1, 2, 3 … has seen them in the order of their commits.
 */
export function change(
  source: TestDatabase,
  aggregateId: string,
  type = 'town.house.moved',
): Promise<DomainEvent[]> {
  return source.inTransaction(async (tx) => {
    const { units } = await tx.account.upsert({
      where: { id: aggregateId },
      create: { id: aggregateId, owner: aggregateId, units: 1 },
      update: { units: { increment: 1 } },
    });
    const payload: MovedPayload = { step: units };
    return appendEvents(tx, [{ type, aggregateId, occurredAt: new Date(), payload }]);
  });
}

/** Changes one aggregate some times, one after the other. */
export async function changeTimes(
  source: TestDatabase,
  aggregateId: string,
  times: number,
): Promise<void> {
  for (let time = 0; time < times; time += 1) await change(source, aggregateId);
}

/** The steps a consumer has applied per aggregate, in the order of application. */
export async function applied(
  target: TestDatabase,
  consumer = 'finance',
): Promise<Record<string, number[]>> {
  const effects = await target.client.effect.findMany({
    where: { consumer },
    orderBy: { position: 'asc' },
  });
  const steps: Record<string, number[]> = {};
  for (const { aggregateId, step } of effects) {
    steps[aggregateId] = [...(steps[aggregateId] ?? []), step];
  }
  return steps;
}

/** Waits until a consumer has applied exactly these steps. */
export async function expectApplied(
  target: TestDatabase,
  steps: Record<string, number[]>,
  consumer = 'finance',
): Promise<void> {
  await eventually(async () => expect(await applied(target, consumer)).toEqual(steps));
}

export function eventually(check: () => Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

/** 1 … n */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

/** Waits until every event of an outbox is marked as published. */
export function allPublished(source: TestDatabase): Promise<void> {
  return eventually(async () => {
    expect(await source.client.outboxEvent.count({ where: { publishedAt: null } })).toBe(0);
  });
}
