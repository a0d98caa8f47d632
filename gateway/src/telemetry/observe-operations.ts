import { counterMetric, durationMetric, inSpan, isTracing } from '@civitas/platform/telemetry';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { OperationResponse } from '../pipeline/types.ts';

/** What is found out about an operation while it is worked on. */
interface Seen {
  readonly operation?: OperationDefinitionNode;
}

/** Runs the work of one operation and counts it. */
export type ObserveOperation = <Answer extends object>(
  seen: Seen,
  work: () => Promise<Answer>,
) => Promise<Answer>;

const duration = durationMetric({
  name: 'civitas_operation_duration_seconds',
  help: 'From the pipeline’s start to its answer; of a subscription, until it has started.',
  labels: ['operation', 'kind', 'outcome'],
});
const errorsTotal = counterMetric({
  name: 'civitas_operation_errors_total',
  help: 'Errors in answers, by their code in the catalogue.',
  labels: ['code'],
});

/** The names in documents that clients are known to send. */
export function operationNames(documents: readonly string[]): ReadonlySet<string> {
  return new Set(documents.flatMap((text) => namesIn(parseOrNothing(text))));
}

/**
 * Measures every operation that goes through the pipeline. Names are labels only when they are
 * known beforehand: anybody can send an operation of any name.
 */
export function createOperationObserver(known: ReadonlySet<string>): ObserveOperation {
  const labelOf = ({ operation }: Seen): string => {
    const name = operation?.name?.value;
    return name !== undefined && known.has(name) ? name : 'other';
  };

  return async (seen, work) => {
    const startedAt = performance.now();
    const answer = await (isTracing() ? traced(seen, labelOf, work) : work());
    const seconds = (performance.now() - startedAt) / 1000;
    const kind = seen.operation?.operation ?? 'none';
    duration.observe({ operation: labelOf(seen), kind, outcome: outcomeOf(answer) }, seconds);
    for (const error of errorsOf(answer)) {
      const code = error.extensions?.['code'];
      // Codes are presented before: they are of the catalogue.
      errorsTotal.inc({ code: typeof code === 'string' ? code : 'none' });
    }
    return answer;
  };
}

/** A trace begins here, whatever a client says: what is sampled is ours to decide. */
function traced<Answer extends object>(
  seen: Seen,
  labelOf: (seen: Seen) => string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const details = { kind: 'server', attributes: {}, parent: undefined } as const;
  return inSpan('graphql operation', details, async (span) => {
    const answer = await work();
    const kind = seen.operation?.operation ?? 'none';
    span?.updateName(`${kind} ${labelOf(seen)}`);
    span?.setAttributes({
      'graphql.operation.type': kind,
      'graphql.operation.name': labelOf(seen),
      'civitas.request_id': (answer as { requestId?: string }).requestId ?? '',
      'civitas.outcome': outcomeOf(answer),
    });
    return answer;
  });
}

function errorsOf(answer: object) {
  const { result, errors } = answer as Partial<OperationResponse>;
  return errors ?? result?.errors ?? [];
}

/** `ok`, `partial` (ran, with errors) or `refused` (did not run). */
function outcomeOf(answer: object): string {
  if (errorsOf(answer).length === 0) return 'ok';
  const { text, result } = answer as Partial<OperationResponse>;
  return text === undefined && result?.data === undefined ? 'refused' : 'partial';
}

function namesIn(document: DocumentNode | undefined): readonly string[] {
  return (document?.definitions ?? []).flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? definition.name.value : [],
  );
}

function parseOrNothing(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true });
  } catch {
    return undefined;
  }
}
