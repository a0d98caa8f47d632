import type { PrismaClient } from '../../../test/generated/prisma/client.ts';
import type { DomainEvent, EventHandler } from '../index.ts';

export interface MovedPayload {
  readonly step: number;
}

export interface Step {
  readonly aggregateId: string;
  readonly step: number;
}

/** A handler that writes down what it applied, and then does what a test asks for. */
export function handlerThat(
  consumer: string,
  onStep?: (step: Step, event: DomainEvent) => Promise<void> | void,
): EventHandler<PrismaClient> {
  return async (tx, event: DomainEvent<MovedPayload>) => {
    const { aggregateId, id: eventId, payload } = event;
    await tx.effect.create({ data: { consumer, aggregateId, eventId, step: payload.step } });
    await onStep?.({ aggregateId, step: payload.step }, event);
  };
}
