import type { SubgraphTransport } from '@civitas/platform/subgraph';
import type { EntityPart } from '../entity-fetch.ts';
import { askForEntities } from './ask-for-entities.ts';
import type { Asked } from './unite-parts.ts';

/**
 * Collects the entity fetches of one run that could start at the same time, and asks every subgraph
 * once for all that is wanted of it. What a run has asked of an entity it asks no second time.
 */
export class FetchBatch {
  readonly #remembers: boolean;
  readonly #subgraphs = new Map<SubgraphTransport, Subgraph>();

  /** @param remembers not what follows a mutation: the next one may have changed it. */
  constructor(remembers: boolean) {
    this.#remembers = remembers;
  }

  /** Resolves when the part has its entities, or its errors. Never rejects. */
  add(part: EntityPart): Promise<unknown> {
    const { transport } = part.fetch;
    const subgraph: Subgraph = this.#subgraphs.get(transport) ?? { asked: new Map() };
    this.#subgraphs.set(transport, subgraph);
    if (subgraph.waiting) {
      subgraph.waiting.parts.push(part);
      return subgraph.waiting.done;
    }
    const parts = [part];
    const done = everythingStarted().then(() => {
      delete subgraph.waiting;
      return askForEntities(parts, this.#remembers ? subgraph.asked : undefined);
    });
    subgraph.waiting = { parts, done };
    return done;
  }
}

interface Subgraph {
  waiting?: Waiting;
  readonly asked: Asked;
}

interface Waiting {
  readonly parts: EntityPart[];
  readonly done: Promise<unknown>;
}

/** When all that could go on has gone on: after the promises of this turn, before any input. */
function everythingStarted(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
