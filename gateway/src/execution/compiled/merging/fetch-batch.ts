import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { EntityPart } from '../entity-fetch.ts';
import { askForEntities } from './ask-for-entities.ts';

/**
 * Collects the entity fetches of one run that could start at the same time, and asks every subgraph
 * once for all that is wanted of it.
 */
export class FetchBatch {
  readonly #waiting = new Map<
    SubgraphTransport,
    { parts: EntityPart[]; asked: Promise<unknown> }
  >();

  /** Resolves when the part has its entities, or its errors. Never rejects. */
  add(part: EntityPart): Promise<unknown> {
    const { transport } = part.fetch;
    const waiting = this.#waiting.get(transport);
    if (waiting) {
      waiting.parts.push(part);
      return waiting.asked;
    }
    const parts = [part];
    const asked = everythingStarted().then(() => {
      this.#waiting.delete(transport);
      return askForEntities(parts);
    });
    this.#waiting.set(transport, { parts, asked });
    return asked;
  }
}

/** When all that could go on has gone on: after the promises of this turn, before any input. */
function everythingStarted(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
