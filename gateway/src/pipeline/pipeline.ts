import { CivitasError, catalogue, type ErrorCode } from '@civitas/platform/errors';
import { isStream, type Viewer } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type AccessDecision, decideAccess } from '../access/decide-access.ts';
import type { Identify } from '../access/identify.ts';
import type { Policy } from '../access/rules.ts';
import type { ExecutePlan, PlanSubscription } from '../execution/types.ts';
import { coerceVariables } from '../operations/coerce-variables.ts';
import type { DocumentStore } from '../operations/document-store.ts';
import type { PlanStore } from '../operations/plan-store.ts';
import type { PlannedOperation, PreparedOperation } from '../operations/prepared-document.ts';
import { selectOperation } from '../operations/select-operation.ts';
import type { SubscriptionWay } from '../subscriptions/subscription-group.ts';
import type { SubscriptionGroups } from '../subscriptions/subscription-groups.ts';
import { requestIdFrom } from '../telemetry/request-id.ts';
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
  readonly executePlan: ExecutePlan;
  readonly planSubscription: PlanSubscription;
  readonly subscriptions: SubscriptionGroups;
  readonly identify: Identify;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Whether anonymous callers may learn the schema from validation errors. */
  readonly introspection: boolean;
  readonly deadlineMs: number;
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

type Answer = OperationResponse | SubscriptionResponse;

/** Only who asks for an answer in parts gets one. */
interface Open {
  (request: OperationRequest & { readonly incremental?: never }): Promise<Answer>;
  (request: OperationRequest): Promise<Answer | DeferredResponse>;
}

interface Prepared {
  readonly operation: PreparedOperation;
  readonly viewer: Viewer;
  readonly access: AccessDecision;
  readonly planned: PlannedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
}

const ALL_KINDS = Object.values(OperationTypeNode);

/**
 * identify → document → demand → access → plan → execute → shape: every operation of every door
 * takes this way, so a rule that stands here holds on all of them.
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { schema, documents, plans, identify, policies, log } = parts;

  async function prepare(request: OperationRequest): Promise<Prepared> {
    const { viewer } = request.viewer
      ? { viewer: request.viewer }
      : await identify(request.authorization);
    // Structural demand is checked inside, between parsing and validation.
    const document = documents.prepare(
      request.query,
      parts.introspection || viewer.type === 'user',
    );
    const operation = selectOperation(document, request);
    const variables = coerceVariables(schema, operation.node, request.variables);
    const access = decideAccess(operation, viewer, policies);
    return { operation, viewer, access, variables, planned: plans.planFor(operation, access) };
  }

  async function run(
    { planned, variables, viewer, access }: Prepared,
    request: OperationRequest,
    requestId: string,
  ): Promise<OperationResponse> {
    const time = limitTime(request.signal, parts.deadlineMs);
    try {
      const { clientAddress } = request;
      const { signal } = time;
      const deadlineAtMs = Date.now() + parts.deadlineMs;
      const origin = { viewer, requestId, clientAddress, signal, deadlineAtMs };
      const raw = await parts.executePlan({ planned, variables, origin });
      const options = { access, requestId, log };
      if (!request.asText) return { result: shape(raw, options), status: 200, requestId };
      return { result: {}, text: shapeAsText(raw, options), status: 200, requestId };
    } finally {
      time.end();
    }
  }

  const wayOf = ({ planned, variables, access }: Prepared, requestId: string): SubscriptionWay => ({
    subscription: parts.planSubscription({ planned, variables }),
    present: (raw) => shape(raw, { access, requestId, log }),
  });

  async function subscribe(
    prepared: Prepared,
    operation: OperationRequest,
    requestId: string,
  ): Promise<SubscriptionResponse> {
    const { planned, variables, viewer } = prepared;
    const way = wayOf(prepared, requestId);
    const request = { planned, variables, viewer, requestId, operation, ...way };
    const answer = await parts.subscriptions.subscribe(request);
    if (isStream(answer)) return { results: answer, requestId };
    const errors = answer.errors?.map(
      ({ message, extensions }) => new GraphQLError(message, { extensions }),
    );
    throw new OperationRefused(errors ?? [new CivitasError('INTERNAL_SERVER_ERROR')]);
  }

  async function answered<Answer>(
    request: OperationRequest,
    answer: (requestId: string) => Promise<Answer>,
  ): Promise<Answer | OperationResponse> {
    const requestId = request.requestId ?? requestIdFrom(undefined);
    try {
      return await answer(requestId);
    } catch (error) {
      return refusal(error, requestId, log);
    }
  }

  return {
    execute: (request) =>
      answered(request, async (requestId) => run(await prepare(request), request, requestId)),
    replanSubscriptions: () =>
      parts.subscriptions.replan(async ({ operation, viewer, requestId }) => {
        try {
          return wayOf(await prepare({ ...operation, viewer }), requestId);
        } catch (error) {
          return { last: refusal(error, requestId, log).result };
        }
      }),
    open: (given) => {
      const request = { ...given, kinds: given.kinds ?? ALL_KINDS };
      return answered(request, async (requestId) => {
        const prepared = await prepare(request);
        const isSubscription = prepared.operation.node.operation === OperationTypeNode.SUBSCRIPTION;
        return isSubscription
          ? subscribe(prepared, request, requestId)
          : run(prepared, request, requestId);
      });
    },
  };
}

function refusal(error: unknown, requestId: string, log: Logger): OperationResponse {
  const isTooDeep = error instanceof RangeError && error.message.includes('call stack');
  const known = isTooDeep ? new CivitasError('OPERATION_TOO_LARGE', { cause: error }) : error;
  const causes = known instanceof OperationRefused ? known.errors : [known];
  const errors = causes.map((cause) => presentOwnError(cause, { requestId, log }));
  const code = errors[0]?.extensions?.['code'] as ErrorCode;
  return { result: { errors }, status: catalogue[code].status, requestId };
}
