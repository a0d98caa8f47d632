import type { RequestOrigin, SubscriptionAnswer } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLError } from 'graphql';
import type { PlannedOperation } from '../operations/prepared-document.ts';

/** One fetch of a plan: the line a test asserts. */
export interface PlannedFetch {
  readonly subgraph: string;
  /** Where its result is merged, `@` standing for every item of a list; empty at the root. */
  readonly path: string;
  /** True when it completes entities that an earlier fetch found. */
  readonly entities: boolean;
  /** The text sent to the subgraph. */
  readonly operation: string;
}

/**
 * What ran, before errors are made presentable. Data and text are made when they are first asked
 * for, so a result that several callers share is made once.
 */
export interface RawResult {
  readonly data: Record<string, unknown> | null | undefined;
  /** From subgraphs and transports, paths translated to the client's operation. */
  readonly errors: readonly GraphQLError[];
  /**
   * Where a value was missing or did not fit its type while completing the response. Repeats some of
   * what `errors` say.
   */
  readonly completionErrors: readonly GraphQLError[];
  /** `data` as JSON, where it can be had without making the data first. */
  readonly text?: string;
  /** Several callers get it, so what is made of it is made once. */
  isShared?: boolean | undefined;
  /** Of an answer that may be used again, because every part of it may. */
  freshness?: Freshness | undefined;
}

/** How long an answer may be used again, and by whom. */
export interface Freshness {
  /** From its fetch until it is too old. */
  readonly maxAgeMs: number;
  /** What of that is over. */
  readonly ageMs: number;
  /** The same for every viewer. */
  readonly isPublic: boolean;
  /** Names what the answer's data say, and comes with them from where they are remembered. */
  readonly mark: string;
}

interface ExecutionInput {
  readonly planned: PlannedOperation;
  /** Coerced against the schema. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly origin: RequestOrigin;
}

/**
 * Runs plans. The pipeline knows no more of execution than this, so that it can be replaced.
 * Never rejects for a subgraph's failure: that is partial data and an error.
 */
export type ExecutePlan = (input: ExecutionInput) => Promise<RawResult>;

/** One object of the response that a deferred fragment completes. */
export interface RawIncrement {
  /** Of the fragment, as `deferringOperation` names it. */
  readonly name: string;
  /** Of the object, with list indices. Paths of errors are of the whole response. */
  readonly path: readonly (string | number)[];
  readonly raw: RawResult;
}

/** An answer in parts. */
export interface DeferredRun {
  /** Everything that is not deferred. Never rejects for a subgraph's failure. */
  readonly first: Promise<RawResult>;
  /** What is deferred, each fragment at all its places as soon as it is there. */
  readonly increments: AsyncIterableIterator<readonly RawIncrement[]>;
}

/** Runs the plan of an operation that `deferringOperation` made. */
export type ExecuteDeferred = (input: ExecutionInput) => DeferredRun;

/** A subscription that runs: what its events become. */
export interface PlannedSubscription {
  /** The same text for the same request to the same subgraph. */
  readonly source: string;
  /** Starts the source; rejects with a CivitasError when its subgraph cannot be reached. */
  start(origin: RequestOrigin): Promise<SubscriptionAnswer>;
  /** Whether events are completed by other subgraphs. */
  readonly isJoined: boolean;
  /**
   * The same object for subscriptions that make the same of the same event for the same viewer, and when
   * nothing is joined for any viewer. Absent when that depends on who subscribes and with what variables.
   */
  readonly alike?: object | undefined;
  /** Completes one event of the source. Never rejects for a subgraph's failure. */
  join(event: FormattedExecutionResult, origin: RequestOrigin): Promise<RawResult>;
}

/** Prepares a subscription whose plan has been made. */
export type PlanSubscription = (input: Omit<ExecutionInput, 'origin'>) => PlannedSubscription;
