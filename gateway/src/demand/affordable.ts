import { CivitasError } from '@civitas/platform/errors';
import type { Logger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import type { PreparedOperation } from '../operations/prepared-document.ts';
import type { OperationRequest } from '../pipeline/types.ts';

/**
 * @returns the estimate, when it is within what may be spent.
 * @throws CivitasError `OPERATION_TOO_COSTLY` with both numbers.
 */
export function affordable(estimatedCost: number, maximumCost: number): number {
  if (estimatedCost <= maximumCost) return estimatedCost;
  throw new CivitasError('OPERATION_TOO_COSTLY', { details: { estimatedCost, maximumCost } });
}

interface Costed {
  readonly request: OperationRequest;
  readonly operation: PreparedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly result: FormattedExecutionResult;
  readonly estimated: number;
  readonly log: Logger;
}

/**
 * The response with what it cost, for a request that has `extensions: { "reportCost": true }`; the log
 * has it at the level `debug`. Undefined when nobody wants to know: counting walks the whole response.
 */
export function costReport({
  request,
  operation,
  variables,
  result,
  estimated,
  log,
}: Costed): FormattedExecutionResult | undefined {
  if (!wantsCost(request, log)) return undefined;
  const cost = { estimated, actual: operation.cost.actual(result.data, variables) };
  log.debug({ operation: operation.node.name?.value, cost }, 'operation cost');
  return isAsked(request) ? { ...result, extensions: { ...result.extensions, cost } } : undefined;
}

/** Whether anybody wants to know what an operation did cost. */
export function wantsCost(request: OperationRequest, log: Logger): boolean {
  return isAsked(request) || log.isLevelEnabled('debug');
}

function isAsked({ extensions }: OperationRequest): boolean {
  return extensions?.['reportCost'] === true;
}
