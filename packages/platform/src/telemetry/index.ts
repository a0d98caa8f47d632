export { logSparingly } from './log-sparingly.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { counterMetric, durationMetric, gaugeMetric, metricsText, onScrape } from './metrics.ts';
export { startTelemetry, telemetryShape } from './start-telemetry.ts';
export { inSpan, isTracing, traceId, traceparent, traceTo } from './tracing.ts';
