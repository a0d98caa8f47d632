import type { GraphQLFormattedError } from 'graphql';
import type { Data } from '../data.ts';
import type { EntityFetch, EntityPart } from '../entity-fetch.ts';
import type { Execution } from '../execution.ts';
import { fetchError } from '../fetch-errors.ts';
import { beforeLists } from '../places.ts';
import type { Representations } from '../subgraph-requests.ts';

/** What came of asking for a list of entities. */
export interface Outcome {
  /** As the subgraph sent them; absent when it sent none or nothing at all. */
  readonly entities?: unknown;
  /** The key their errors begin with. */
  readonly key: string;
  readonly errors: readonly GraphQLFormattedError[];
  /** Why there is no answer. */
  readonly failure?: unknown;
}

/**
 * One list of entities that is asked for once, and the parts of a run that take theirs from it:
 * also parts that come while it is under way, and afterwards.
 */
export class UnitedPart implements Representations {
  readonly fetch: EntityFetch;
  readonly execution: Execution;
  /** The different representations as JSON. */
  readonly texts: string[] = [];
  /** Resolves when the parts have their entities, or their errors. */
  whenDone: Promise<unknown> | undefined;
  readonly #places = new Map<string, number>();
  /** Which representation of which part stands at each place of the list. */
  readonly #sources: (readonly [EntityPart, number])[] = [];
  readonly #parts: EntityPart[] = [];
  #outcome: Outcome | undefined;

  constructor({ fetch, execution }: EntityPart) {
    this.fetch = fetch;
    this.execution = execution;
  }

  placeOf(text: string): number | undefined {
    return this.#places.get(text);
  }

  /** Asks also for the representation `index` of a part; before the list is sent. */
  add(part: EntityPart, index: number): number {
    const text = part.texts[index] as string;
    const place = this.texts.length;
    this.texts.push(text);
    this.#places.set(text, place);
    this.#sources.push([part, index]);
    return place;
  }

  represent(): readonly Data[] {
    const all = new Map<EntityPart, readonly Data[]>();
    return this.#sources.map(([part, index]) => {
      const represented = all.get(part) ?? part.represent();
      all.set(part, represented);
      return represented[index] as Data;
    });
  }

  /** Gives a part its entities, now or when they come. Its indices are places of this list. */
  join(part: EntityPart): void {
    if (this.#outcome) this.#give(part, this.#outcome);
    else this.#parts.push(part);
  }

  settle(outcome: Outcome): void {
    this.#outcome = outcome;
    for (const part of this.#parts) this.#give(part, outcome);
    this.#parts.length = 0;
  }

  #give(part: EntityPart, { entities, key, errors, failure }: Outcome): void {
    if (failure !== undefined) {
      reportFailure(part, failure);
      return;
    }
    for (const error of errors) {
      const [root, index, ...below] = error.path ?? [];
      if (root === key && typeof index === 'number') part.fetch.reportAt(part, error, index, below);
      else part.fetch.report(part, error);
    }
    if (entities === undefined) return;
    const { length } = this.texts;
    if (Array.isArray(entities) && entities.length === length) {
      part.fetch.receive(part, entities);
      return;
    }
    const name = part.fetch.node.serviceName;
    reportFailure(part, new Error(`The subgraph ${name} did not answer with ${length} entities.`));
  }
}

function reportFailure({ fetch, execution }: EntityPart, cause: unknown): void {
  const path = beforeLists(fetch.path);
  execution.errors.push(fetchError(fetch.node.serviceName, cause, path));
}
