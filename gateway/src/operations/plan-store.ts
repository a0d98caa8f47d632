import type { AccessDecision } from '../access/decide-access.ts';
import { markingDenied, withoutDenied } from '../access/without-denied.ts';
import type { MakePlan } from '../execution/planner.ts';
import { NO_OVERRIDES, type Overrides } from '../supergraph/override-labels.ts';
import type { PlanNames } from '../supergraph/plan-names.ts';
import { createPlanningQueue, type PlanningQueue } from './planning-queue.ts';
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
  /**
   * The same for a request: nothing to wait for when there is a plan. Otherwise the caller waits for
   * its turn, and whoever wants the same plan waits with it. When all of them have left (their signals
   * are aborted) it is not made.
   *
   * @throws CivitasError as `PlanningQueue.run`, and as `planFor`.
   */
  planSoon(
    operation: PreparedOperation,
    access: AccessDecision,
    overrides: Overrides,
    caller: string,
    signal?: AbortSignal,
  ): PlannedOperation | Promise<PlannedOperation>;
  /** How often a plan was remembered, and how often one had to be made. */
  readonly counts: { readonly hits: number; readonly misses: number };
}

interface Planning {
  readonly made: Promise<PlannedOperation>;
  /** Of everybody who waits for it; undefined for who does not leave. */
  readonly waiting: (AbortSignal | undefined)[];
}

/** Different viewers lack different things, but of one operation rarely more than this. */
const MAX_PLANS_PER_OPERATION = 16;

/** Plans live and go with their operation in the document store. */
export function createPlanStore(
  makePlan: MakePlan,
  names: PlanNames,
  forEverybody: Overrides = NO_OVERRIDES,
  queue: PlanningQueue = createPlanningQueue(),
): PlanStore {
  const counts = { hits: 0, misses: 0 };
  const planning = new WeakMap<PreparedOperation, Map<string, Planning>>();

  function knownFor(operation: PreparedOperation, key: string): PlannedOperation | undefined {
    const known = operation.plans.get(key);
    if (known) counts.hits += 1;
    return known;
  }

  function make(
    operation: PreparedOperation,
    { denied }: AccessDecision,
    overrides: Overrides,
    key: string,
  ): PlannedOperation {
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
  }

  return {
    counts,
    planFor: (operation, access, overrides = forEverybody) => {
      const key = keyOf(access, overrides);
      return knownFor(operation, key) ?? make(operation, access, overrides, key);
    },
    planSoon: (operation, access, overrides, caller, signal) => {
      const key = keyOf(access, overrides);
      const known = knownFor(operation, key);
      if (known) return known;
      const under = planning.get(operation) ?? new Map<string, Planning>();
      planning.set(operation, under);
      const started = under.get(key);
      if (started) {
        started.waiting.push(signal);
        return started.made;
      }
      const waiting = [signal];
      const isAbandoned = () => waiting.every((each) => each?.aborted);
      const made = queue
        .run(caller, () => make(operation, access, overrides, key), isAbandoned)
        .finally(() => under.delete(key));
      under.set(key, { made, waiting });
      return made;
    },
  };
}

function keyOf({ key }: AccessDecision, overrides: Overrides): string {
  return overrides.key === '' ? key : `${key}|${overrides.key}`;
}
