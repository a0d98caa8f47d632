import { createPushIterator } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { AccessDecision } from '../access/decide-access.ts';
import type { DeferredRun, RawIncrement } from '../execution/types.ts';
import type { PreparedOperation } from '../operations/prepared-document.ts';
import { shape } from './shape.ts';
import type { Increment, IncrementalResult } from './types.ts';

interface Delivery {
  readonly parts: NonNullable<PreparedOperation['parts']>;
  readonly access: AccessDecision;
  readonly requestId: string;
  readonly log: Logger;
  /** Called once, when everything is delivered or nobody waits for it any more. */
  readonly onEnd: () => void;
}

/**
 * The parts of an answer as clients read them: the answer without what is deferred, then increments,
 * and one last part that says that there is no more. Each part tells what is denied in it.
 */
export function deliverInParts(
  run: DeferredRun,
  { parts, access, requestId, log, onEnd }: Delivery,
): AsyncIterableIterator<IncrementalResult> {
  // Bounded by the fragments of the operation, which its limits bound.
  const results = createPushIterator<IncrementalResult>({ maxQueued: Infinity, onEnd });
  const to = { requestId, log };

  /** What is denied within one fragment, as paths from the object it completes. */
  function accessIn(name: string | undefined, depth: number): AccessDecision {
    const denied = access.denied.filter(({ node }) => parts.fragmentOf.get(node) === name);
    if (depth === 0) return { ...access, denied };
    return { ...access, denied: denied.map((each) => ({ ...each, path: each.path.slice(depth) })) };
  }

  function toIncrement({ name, path, raw }: RawIncrement): Increment {
    const depth = path.filter((step) => typeof step === 'string').length;
    const { data, errors } = shape(raw, { access: accessIn(name, depth), at: path, ...to });
    const label = parts.deferred.get(name)?.label;
    return {
      path,
      ...(label !== undefined && { label }),
      data: data ?? null,
      ...(errors && { errors }),
    };
  }

  async function deliver(): Promise<void> {
    const first = shape(await run.first, { access: accessIn(undefined, 0), ...to });
    results.push({ ...first, hasNext: true });
    for await (const increments of run.increments) {
      results.push({ incremental: increments.map(toIncrement), hasNext: true });
    }
    results.push({ hasNext: false });
    results.end();
  }

  deliver().catch((error: Error) => results.fail(error));
  return results;
}
