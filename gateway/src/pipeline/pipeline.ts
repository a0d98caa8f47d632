import { CivitasError, catalogue, type ErrorCode } from '@civitas/platform/errors';
import type { Logger } from '@civitas/platform/telemetry';
import type { GraphQLSchema } from 'graphql';
import type { VerifyAccessToken } from '../access/access-token.ts';
import { decideAccess } from '../access/decide-access.ts';
import { identify } from '../access/identify.ts';
import type { Policy } from '../access/rules.ts';
import type { ExecutePlan } from '../execution/types.ts';
import { coerceVariables } from '../operations/coerce-variables.ts';
import type { DocumentStore } from '../operations/document-store.ts';
import type { PlanStore } from '../operations/plan-store.ts';
import { selectOperation } from '../operations/select-operation.ts';
import { requestIdFrom } from '../telemetry/request-id.ts';
import { OperationRefused } from './operation-refused.ts';
import { presentOwnError } from './present-error.ts';
import { shape } from './shape.ts';
import type { OperationRequest, OperationResponse } from './types.ts';

interface PipelineParts {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentStore;
  readonly plans: PlanStore;
  readonly executePlan: ExecutePlan;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Whether anonymous callers may learn the schema from validation errors. */
  readonly introspection: boolean;
  readonly deadlineMs: number;
  readonly log: Logger;
}

/** Answers one operation. Never rejects: what goes wrong is in the response. */
export type Pipeline = (request: OperationRequest) => Promise<OperationResponse>;

/**
 * identify → document → demand → access → plan → execute → shape: every operation of every door
 * takes this way, so a rule that stands here holds on all of them.
 */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { schema, documents, plans, executePlan, verifyAccessToken, policies, log } = parts;

  async function run(request: OperationRequest, requestId: string): Promise<OperationResponse> {
    const viewer = request.viewer ?? (await identify(request.authorization, verifyAccessToken));
    // Structural demand is checked inside, between parsing and validation.
    const document = documents.prepare(
      request.query,
      parts.introspection || viewer.type === 'user',
    );
    const operation = selectOperation(document, request);
    const variables = coerceVariables(schema, operation.node, request.variables);
    const access = decideAccess(operation, viewer, policies);
    const planned = plans.planFor(operation, access);
    const deadline = AbortSignal.timeout(parts.deadlineMs);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    const raw = await executePlan({
      planned,
      variables,
      origin: { viewer, requestId, signal },
    });
    return { result: shape(raw, { access, requestId, log }), status: 200, requestId };
  }

  return async (request) => {
    const requestId = request.requestId ?? requestIdFrom(undefined);
    try {
      return await run(request, requestId);
    } catch (error) {
      return refusal(error, requestId, log);
    }
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
