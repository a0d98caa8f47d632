import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { codeOf } from './code-of.ts';

/** Absent while tracing is off, and then nothing here costs more than looking at it. */
let tracer: Tracer | undefined;

export interface TracingOptions {
  /** Name of this process: `gateway`, `content`. */
  readonly service: string;
  /** An OTLP collector, e.g. `http://collector:4318`. */
  readonly endpoint: string;
  /** The share of operations that are traced, from 0 to 1. */
  readonly sampleRatio: number;
}

/** So much of a trace is lost with a process that is killed. */
const EXPORT_EVERY_MS = 1_000;

/**
 * Turns tracing on for the rest of this process, and loads OpenTelemetry's SDK only now. Spans go to
 * the collector in batches; one that is not there costs spans, never requests.
 *
 * @returns sends what is waiting and turns tracing off.
 */
export async function startTracing(options: TracingOptions): Promise<() => Promise<void>> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url });
  return traceTo(
    new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_EVERY_MS }),
    options,
  );
}

/** As `startTracing`, with the spans going somewhere else: to a test. */
export async function traceTo(
  processor: SpanProcessor,
  { service, sampleRatio }: Omit<TracingOptions, 'endpoint'>,
): Promise<() => Promise<void>> {
  const { TracerProvider, ParentBasedSampler, TraceIdRatioBasedSampler } = await import(
    '@opentelemetry/sdk-trace'
  );
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'civitas' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [processor],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  tracer = provider.getTracer('civitas');
  return async () => {
    tracer = undefined;
    context.disable();
    propagation.disable();
    await provider.shutdown();
  };
}

/** Look here before describing a span on a hot path. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

const KINDS = {
  /** A request that came in. */
  server: SpanKind.SERVER,
  /** A request that goes out. */
  client: SpanKind.CLIENT,
} as const;

interface SpanDetails {
  readonly kind: keyof typeof KINDS;
  /** No value that a client or a row holds. */
  readonly attributes: Attributes;
  /** `undefined` for none: the start of a trace. Absent: whatever is under way. */
  readonly parent?: string | undefined;
}

/** Runs work in a span of its own; what it throws marks the span. Just runs it while tracing is off. */
export function inSpan<Result>(
  name: string,
  details: SpanDetails,
  work: (span?: Span) => Promise<Result>,
): Promise<Result> {
  if (!tracer) return work();
  const { kind, attributes } = details;
  const parent = 'parent' in details ? contextOf(details.parent) : context.active();
  return tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      // The code and not the message, which may hold what is nobody's business.
      span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The W3C `traceparent` of what is under way, to send along; undefined while tracing is off. */
export function traceparent(): string | undefined {
  if (!tracer) return undefined;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** The trace that is under way, for log lines. */
export function traceId(): string | undefined {
  return tracer && trace.getSpanContext(context.active())?.traceId;
}

function contextOf(parent: string | undefined) {
  return parent === undefined
    ? ROOT_CONTEXT
    : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
}
