import { print } from 'graphql';
import { describePlan } from '../execution/planner.ts';
import { documentOf, type PlannedOperation } from '../operations/prepared-document.ts';
import type { FetchPolicy, PolicyOf } from './fetch-policies.ts';
import { hashOf } from './hash-of.ts';

/** How the whole answer to one operation may be remembered. */
export interface AnswerPolicy extends Pick<FetchPolicy, 'ttlMs' | 'isPublic'> {
  /** The same for the same operation at every gateway. */
  readonly name: string;
}

/**
 * Works out, once per planned operation, whether its answer may be remembered: where each of its fetches
 * may be, as long as the shortest-lived, and for everybody only when each is. An operation of which
 * fields are left out is not: its answer has errors in it.
 */
export function createAnswerPolicies(
  policyOf: PolicyOf,
): (planned: PlannedOperation) => AnswerPolicy | undefined {
  const known = new WeakMap<PlannedOperation, AnswerPolicy | { readonly name: null }>();

  function answerPolicy(planned: PlannedOperation): AnswerPolicy | undefined {
    const { summary } = describePlan(planned.plan);
    if (!planned.isWhole || summary.length === 0) return undefined;
    let ttlMs = Number.POSITIVE_INFINITY;
    let isPublic = true;
    for (const { operation } of summary) {
      const policy = policyOf(operation);
      if (!policy) return undefined;
      ttlMs = Math.min(ttlMs, policy.ttlMs);
      isPublic &&= policy.isPublic;
    }
    return { name: hashOf(print(documentOf(planned.shapedBy))), ttlMs, isPublic };
  }

  return (planned) => {
    let policy = known.get(planned);
    if (!policy) {
      policy = answerPolicy(planned) ?? { name: null };
      known.set(planned, policy);
    }
    return policy.name === null ? undefined : policy;
  };
}
