import { CivitasError, catalogue, type ErrorCode } from '@civitas/platform/errors';
import { isStream, type Viewer } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import {
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { LimitHeaders } from '../access/admission.ts';
import { type AccessDecision, decideAccess } from '../access/decide-access.ts';
import { type MutationOwners, refuseForeignWrites } from '../access/foreign-writes.ts';
import type { Policy } from '../access/rules.ts';
import { affordable, costReport, wantsCost } from '../demand/affordable.ts';
import type { ExecuteDeferred, ExecutePlan, PlanSubscription } from '../execution/types.ts';
import { coerceVariables } from '../operations/coerce-variables.ts';
import type { DocumentStore } from '../operations/document-store.ts';
import type { PlanStore } from '../operations/plan-store.ts';
import type { PlanningQueue } from '../operations/planning-queue.ts';
import type { PlannedOperation, PreparedOperation } from '../operations/prepared-document.ts';
import { selectOperation } from '../operations/select-operation.ts';
import type { ClientRules } from '../partners/client-rules.ts';
import type { SubscriptionWay } from '../subscriptions/subscription-group.ts';
import type { SubscriptionGroups } from '../subscriptions/subscription-groups.ts';
import type { DecideOverrides, Overrides } from '../supergraph/override-labels.ts';
import type { ObserveOperation } from '../telemetry/observe-operations.ts';
import { requestIdFrom } from '../telemetry/request-id.ts';
import { deliverInParts } from './deliver-in-parts.ts';
import { limitTime } from './limit-time.ts';
import { OperationRefused } from './operation-refused.ts';
import { presentOwnError } from './present-error.ts';
import { shape, shapeAsText } from './shape.ts';
import type {
  DeferredResponse,
  OperationRequest,
  OperationResponse,
  SubscriptionResponse,
} from './types.ts';

interface PipelineParts {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentStore;
  readonly plans: PlanStore;
  /** Where callers take turns with documents that are new. */
  readonly queue: PlanningQueue;
  readonly decideOverrides: DecideOverrides;
  readonly executePlan: ExecutePlan;
  readonly executeDeferred: ExecuteDeferred;
  readonly planSubscription: PlanSubscription;
  readonly subscriptions: SubscriptionGroups;
  readonly clients: ClientRules;
  readonly mutationOwners: MutationOwners;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly deadlineMs: number;
  /** Measures every operation. Absent when nobody looks. */
  readonly observe?: ObserveOperation | undefined;
  readonly log: Logger;
}

/** What every door stands before. Neither rejects: what goes wrong is in the response. */
export interface Pipeline {
  /** Answers one query or mutation. */
  readonly execute: (request: OperationRequest) => Promise<OperationResponse>;
  /** Answers any operation; a subscription with its results, when it could start. */
  readonly open: Open;
  /**
   * Plans every open subscription anew, by this pipeline's supergraph and with its subscriber's
   * present rights: for a pipeline that takes the place of another. Never rejects.
   */
  readonly replanSubscriptions: () => Promise<void>;
}

/** What is planned for whom. */
type Asked = Pick<Prepared, 'text' | 'viewer' | 'holder' | 'endsAt' | 'variables' | 'overrides'>;

/** Who waits for a plan, and until when. */
interface From {
  readonly by: string;
  readonly signal: AbortSignal | undefined;
}

type Answer = OperationResponse | SubscriptionResponse;

/** Only who asks for an answer in parts gets one. */
interface Open {
  (request: OperationRequest & { readonly incremental?: never }): Promise<Answer>;
  (request: OperationRequest): Promise<Answer | DeferredResponse>;
}

interface Prepared {
  readonly text: string;
  readonly operation: PreparedOperation;
  readonly viewer: Viewer;
  readonly holder: string | undefined;
  readonly endsAt: Date | undefined;
  readonly access: AccessDecision;
  readonly overrides: Overrides;
  readonly planned: PlannedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What becomes known of a request on its way. */
interface Notes {
  readonly headers: LimitHeaders;
  countedKey?: string | undefined;
  operationId?: string | undefined;
  operation?: OperationDefinitionNode;
  cost: number;
}

const ALL_KINDS = Object.values(OperationTypeNode);

/**
 * identify → document → demand → access → plan → execute → shape: every operation of every door
 * takes this way, so a rule that stands here holds on all of them.
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { schema, documents, plans, clients, policies, log } = parts;

  async function prepare(request: OperationRequest, notes: Notes): Promise<Prepared> {
    const entered = await clients.enter(request, notes.headers);
    notes.countedKey = entered.countedKey;
    const { text, holder, endsAt } = entered;
    const caller = callerOf(entered.viewer, request);
    const by = caller ?? 'unknown';
    // Structural demand is checked inside, between parsing and validation.
    const document =
      documents.known(text) ??
      (await parts.queue.run(
        by,
        () => documents.prepare(text, entered.mayLearnSchema),
        () => request.signal?.aborted ?? false,
      ));
    if (document.introspects && !entered.mayIntrospect) {
      throw new CivitasError('GRAPHQL_VALIDATION_FAILED');
    }
    if (entered.accept) notes.operationId = await entered.accept(document);
    const whole = selectOperation(document, request);
    notes.operation = whole.node;
    const isMutation = whole.node.operation === OperationTypeNode.MUTATION;
    const confirmed = isMutation ? clients.confirm(entered.viewer) : entered.viewer;
    const viewer = confirmed instanceof Promise ? await confirmed : confirmed;
    refuseForeignWrites(whole, viewer, parts.mutationOwners);
    const { mayLearnSchema } = entered;
    const variables = coerceVariables(schema, whole.node, request.variables, mayLearnSchema);
    notes.cost = affordable(whole.cost.estimate(variables), entered.maximumCost);
    const inParts = request.incremental ? whole.inParts?.(variables) : undefined;
    const overrides = parts.decideOverrides(caller);
    const asked = { text, viewer, holder, endsAt, variables, overrides };
    const from = { by, signal: request.signal };
    return (inParts && (await planInParts(inParts, asked, from))) ?? plan(whole, asked, from);
  }

  async function plan(
    operation: PreparedOperation,
    asked: Asked,
    { by, signal }: From,
  ): Promise<Prepared> {
    const { viewer, overrides } = asked;
    const access = decideAccess(operation, viewer, policies);
    const found = plans.planSoon(operation, access, overrides, by, signal);
    const planned = found instanceof Promise ? await found : found;
    return { ...asked, operation, access, planned };
  }

  /** The planner has defects with `@defer` that it has not without; then the answer is whole. */
  async function planInParts(
    operation: PreparedOperation,
    asked: Asked,
    from: From,
  ): Promise<Prepared | undefined> {
    try {
      return await plan(operation, asked, from);
    } catch (error) {
      if (error instanceof OperationRefused || isTurnedAway(error)) throw error;
      log.warn({ err: error }, 'no plan with @defer; answering at once');
      return undefined;
    }
  }

  async function run(
    { planned, variables, viewer, access, operation }: Prepared,
    request: OperationRequest,
    requestId: string,
    { cost }: Notes,
  ): Promise<OperationResponse> {
    const time = limitTime(request.signal, parts.deadlineMs);
    try {
      const { clientAddress } = request;
      const { signal } = time;
      const deadlineAtMs = Date.now() + parts.deadlineMs;
      // What a mutation reads afterwards, and what joins an event, is never from memory.
      const mayBeRemembered = operation.node.operation === OperationTypeNode.QUERY;
      const origin = {
        viewer,
        requestId,
        clientAddress,
        signal,
        deadlineAtMs,
        mayBeRemembered,
        // Reading neither begins a session nor ends one.
        ...(operation.node.operation === OperationTypeNode.MUTATION && {
          userAgent: request.userAgent,
          cookies: request.cookies,
        }),
      };
      const raw = await parts.executePlan({ planned, variables, origin });
      const options = { access, requestId, log };
      if (request.asText && !wantsCost(request, log)) {
        const { freshness } = raw;
        return { result: {}, ...shapeAsText(raw, options), status: 200, requestId, freshness };
      }
      const result = shape(raw, options);
      const report = costReport({ request, operation, variables, result, estimated: cost, log });
      return { result: report ?? result, status: 200, requestId };
    } finally {
      time.end();
    }
  }

  function runInParts(
    { operation, planned, variables, viewer, holder, access }: Prepared,
    request: OperationRequest,
    requestId: string,
  ): DeferredResponse | undefined {
    if (!operation.parts) return undefined;
    const left = new AbortController();
    const leave = () => left.abort(request.signal?.reason);
    request.signal?.addEventListener('abort', leave, { once: true });
    const time = limitTime(left.signal, parts.deadlineMs);
    const { clientAddress } = request;
    const origin = { viewer, requestId, clientAddress, signal: time.signal };
    const run = parts.executeDeferred({ planned, variables, origin });
    const onEnd = () => {
      leave();
      time.end();
      request.signal?.removeEventListener('abort', leave);
    };
    const { parts: deferred } = operation;
    const increments = deliverInParts(run, { parts: deferred, access, requestId, log, onEnd });
    return { increments, holder, requestId };
  }

  const wayOf = ({ planned, variables, access }: Prepared, requestId: string): SubscriptionWay => ({
    subscription: parts.planSubscription({ planned, variables }),
    present: (raw) => shape(raw, { access, requestId, log }),
    failure: (error) => refusal(error, requestId, log).result,
  });

  async function subscribe(
    prepared: Prepared,
    operation: OperationRequest,
    requestId: string,
  ): Promise<SubscriptionResponse> {
    const { planned, variables, viewer, holder, endsAt } = prepared;
    const way = wayOf(prepared, requestId);
    // Found once: what the id stands for may need the account to be found again.
    const found = {
      ...operation,
      query: prepared.text,
      documentId: undefined,
      extensions: undefined,
    };
    const request = { planned, variables, viewer, requestId, operation: found, ...way };
    const answer = await parts.subscriptions.subscribe(request);
    if (isStream(answer)) return { results: answer, viewer, holder, endsAt, requestId };
    const errors = answer.errors?.map(
      ({ message, extensions }) => new GraphQLError(message, { extensions }),
    );
    throw new OperationRefused(errors ?? [new CivitasError('INTERNAL_SERVER_ERROR')]);
  }

  async function answered<Answer extends object>(
    request: OperationRequest,
    answer: (requestId: string, notes: Notes) => Promise<Answer>,
  ): Promise<Answer | OperationResponse> {
    const requestId = request.requestId ?? requestIdFrom(undefined);
    const notes: Notes = { headers: {}, cost: 0 };
    const attempt = async (): Promise<Answer | OperationResponse> => {
      try {
        return await answer(requestId, notes);
      } catch (error) {
        return refusal(error, requestId, log);
      }
    };
    const answered = await (parts.observe ? parts.observe(notes, attempt) : attempt());
    if (notes.countedKey !== undefined) {
      const { operationId, cost } = notes;
      const hasFailed = 'result' in answered && failed(answered);
      clients.count(notes.countedKey, { operationId, cost, hasFailed });
    }
    return 'ratelimit' in notes.headers ? { ...answered, headers: notes.headers } : answered;
  }

  function open(given: OperationRequest): Promise<Answer | DeferredResponse> {
    const request = { ...given, kinds: given.kinds ?? ALL_KINDS };
    return answered(request, async (requestId, notes) => {
      const prepared = await prepare(request, notes);
      const isSubscription = prepared.operation.node.operation === OperationTypeNode.SUBSCRIPTION;
      if (isSubscription) return subscribe(prepared, request, requestId);
      const inParts = runInParts(prepared, request, requestId);
      return inParts ?? run(prepared, request, requestId, notes);
    });
  }

  return {
    execute: (request) =>
      answered(request, async (requestId, notes) =>
        run(await prepare(request, notes), request, requestId, notes),
      ),
    replanSubscriptions: () =>
      parts.subscriptions.replan(async ({ operation, viewer, requestId }) => {
        try {
          const request = { ...operation, viewer };
          return wayOf(await prepare(request, { headers: {}, cost: 0 }), requestId);
        } catch (error) {
          return { last: refusal(error, requestId, log).result };
        }
      }),
    open: open as Open,
  };
}

const TURNED_AWAY: ReadonlySet<ErrorCode> = new Set([
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'REQUEST_TIMEOUT',
]);

/** By the queue for plans, which is no defect of the planner. */
function isTurnedAway(error: unknown): boolean {
  return error instanceof CivitasError && TURNED_AWAY.has(error.code);
}

/** A response that has errors begins with them. */
function failed({ result, text }: OperationResponse): boolean {
  return text === undefined ? result.errors !== undefined : text.startsWith('{"errors"');
}

/** Who asks, for decisions that stay the same for the same caller. */
function callerOf(viewer: Viewer, { clientAddress }: OperationRequest): string | undefined {
  return viewer.type === 'user' ? viewer.id : clientAddress;
}

function refusal(error: unknown, requestId: string, log: Logger): OperationResponse {
  const isTooDeep = error instanceof RangeError && error.message.includes('call stack');
  const known = isTooDeep ? new CivitasError('OPERATION_TOO_LARGE', { cause: error }) : error;
  const causes = known instanceof OperationRefused ? known.errors : [known];
  const errors = causes.map((cause) => presentOwnError(cause, { requestId, log }));
  const code = errors[0]?.extensions?.['code'] as ErrorCode;
  return { result: { errors }, status: catalogue[code].status, requestId };
}
