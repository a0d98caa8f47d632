import { setImmediate as nextTurn } from 'node:timers/promises';
import { ANONYMOUS } from '@civitas/platform/subgraph';
import { type AccessDecision, decideAccess, NOTHING_DENIED } from '../access/decide-access.ts';
import type { Policy } from '../access/rules.ts';
import type { PreparedOperation } from '../operations/prepared-document.ts';
import type { Serving } from './serving.ts';

/** A reload must not wait for plans longer than somebody waits for a deployment. */
const MAX_WARM_UP_MS = 10_000;

/**
 * Makes documents and their plans ready before anybody asks for them: for a viewer who may read
 * everything and for one who is unknown. What does not fit this supergraph is passed over; requests
 * are answered in between.
 *
 * @returns how many of the documents are ready.
 */
export async function warmUp(
  { documents, plans }: Pick<Serving, 'documents' | 'plans'>,
  texts: readonly string[],
  policies: ReadonlyMap<string, Policy>,
): Promise<number> {
  const endsAt = performance.now() + MAX_WARM_UP_MS;
  let ready = 0;
  for (const text of texts) {
    if (performance.now() > endsAt) break;
    // Planning takes milliseconds, and nobody else runs meanwhile.
    await nextTurn();
    try {
      for (const operation of documents.prepare(text, true).operations) {
        plans.planFor(operation, NOTHING_DENIED);
        const access = forAnybody(operation, policies);
        if (access) plans.planFor(operation, access);
      }
      ready += 1;
    } catch {
      // The client that sends it is told why; here it is one document less.
    }
  }
  return ready;
}

function forAnybody(
  operation: PreparedOperation,
  policies: ReadonlyMap<string, Policy>,
): AccessDecision | undefined {
  try {
    return decideAccess(operation, ANONYMOUS, policies);
  } catch {
    return undefined;
  }
}
