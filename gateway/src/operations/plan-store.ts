import type { AccessDecision } from '../access/decide-access.ts';
import { markingDenied, withoutDenied } from '../access/without-denied.ts';
import type { MakePlan } from '../execution/planner.ts';
import { NO_OVERRIDES, type Overrides } from '../supergraph/override-labels.ts';
import type { PlanNames } from '../supergraph/plan-names.ts';
import { documentOf, type PlannedOperation, type PreparedOperation } from './prepared-document.ts';
import { choosePrivateKeys, underPrivateKeys } from './private-keys.ts';

/**
 * Gives the plan of an operation as one viewer may run it; planned once per set of denied fields and
 * of overrides that hold.
 */
export interface PlanStore {
  planFor(
    operation: PreparedOperation,
    access: AccessDecision,
    overrides?: Overrides,
  ): PlannedOperation;
  /** How often a plan was remembered, and how often one had to be made. */
  readonly counts: { readonly hits: number; readonly misses: number };
}

/** Different viewers lack different things, but of one operation rarely more than this. */
const MAX_PLANS_PER_OPERATION = 16;

/** Plans live and go with their operation in the document store. */
export function createPlanStore(
  makePlan: MakePlan,
  names: PlanNames,
  forEverybody: Overrides = NO_OVERRIDES,
): PlanStore {
  const counts = { hits: 0, misses: 0 };
  return {
    counts,
    planFor: (operation, { denied, key: accessKey }, overrides = forEverybody) => {
      const key = overrides.key === '' ? accessKey : `${accessKey}|${overrides.key}`;
      const known = operation.plans.get(key);
      if (known) {
        counts.hits += 1;
        return known;
      }
      counts.misses += 1;
      const isWhole = denied.length === 0;
      const fetched = isWhole ? operation : withoutDenied(operation, denied);
      const keys = choosePrivateKeys(fetched, names);
      const planned = {
        plan: makePlan(documentOf(underPrivateKeys(fetched, keys)), overrides),
        keys,
        isWhole,
        shapedBy: isWhole ? operation : markingDenied(operation, denied),
      };
      if (operation.plans.size >= MAX_PLANS_PER_OPERATION) operation.plans.clear();
      operation.plans.set(key, planned);
      return planned;
    },
  };
}
