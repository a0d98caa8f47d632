import { stubSubgraph } from '@civitas/testkit/stub-subgraph';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openTestDatabase } from '../../test/open-test-database.ts';
import { serveSubgraph, signInternalToken, VIEWER_HEADER } from '../subgraph/index.ts';
import { createLogger, inSpan, isTracing, traceparent, traceTo } from './index.ts';

const SECRET = 'a secret that is long enough to be one';
const log = createLogger({ name: 'test', level: 'silent' });

async function tracing() {
  const exporter = new InMemorySpanExporter();
  const stop = await traceTo(new SimpleSpanProcessor({ exporter }), {
    service: 'test',
    sampleRatio: 1,
  });
  onTestFinished(stop);
  const named = (name: RegExp) => {
    const span = exporter.getFinishedSpans().find((each) => name.test(each.name));
    if (!span) throw new Error(`no span ${name}`);
    return span;
  };
  return { exporter, named, stop };
}

const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan) => span.spanContext().spanId;

test('the trace of the gateway goes on in the subgraph, down to its SQL statements', async () => {
  const { named, exporter } = await tracing();
  const database = openTestDatabase(inject('testPostgres').adminUrl);
  onTestFinished(() => database.close());
  const served = await serveSubgraph(
    stubSubgraph({
      name: 'sums',
      sdl: 'type Query { one(secret: String): Int }',
      resolvers: {
        Query: {
          one: async (_: unknown, { secret }: { secret: string }) => {
            await database.inTransaction((tx) => tx.$queryRaw`SELECT ${secret} AS secret`);
            return 1;
          },
        },
      },
    }),
    { port: 0, host: '127.0.0.1', internalSecret: SECRET, log },
  );
  onTestFinished(() => served.close());
  const body = JSON.stringify({
    query: 'query One { one(secret: "hunter2") }',
    operationName: 'One',
  });
  const viewer = { type: 'anonymous' } as const;
  const claims = { viewer, requestId: 'request-1', audience: 'sums', body };
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const response = await fetch(served.url, {
    method: 'POST',
    headers: {
      [VIEWER_HEADER]: await signInternalToken(claims, SECRET),
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body,
  });
  expect(await response.json()).toEqual({ data: { one: 1 } });

  const [request, execution, statement] = [/^POST sums/, /^execute sums/, /^sql SELECT/].map(named);
  if (!request || !execution || !statement) throw new Error('a span is missing');
  for (const span of exporter.getFinishedSpans()) expect(span.spanContext().traceId).toBe(traceId);
  expect(parentOf(request)).toBe('b7ad6b7169203331');
  expect(parentOf(execution)).toBe(idOf(request));
  expect(parentOf(statement)).toBe(idOf(execution));
  expect(statement.attributes['db.query.text']).toContain('SELECT $1');
  expect(execution.attributes).toMatchObject({
    'civitas.request_id': 'request-1',
    'graphql.operation.name': 'One',
  });
  // Values of clients and rows stay where they are.
  expect(
    JSON.stringify(exporter.getFinishedSpans().map(({ attributes }) => attributes)),
  ).not.toContain('hunter2');
});

test('work that fails marks its span with a code and not with its message', async () => {
  const { named } = await tracing();
  const failing = inSpan('failing', { kind: 'client', attributes: {} }, async () => {
    throw Object.assign(new Error('password is hunter2'), { code: 'SUBGRAPH_TIMEOUT' });
  });
  await expect(failing).rejects.toThrow('hunter2');
  expect(named(/^failing/).status).toMatchObject({ message: 'SUBGRAPH_TIMEOUT' });
});

test('while it is off, work just runs and nothing is sent along', async () => {
  const { stop, exporter } = await tracing();
  await stop();
  expect(isTracing()).toBe(false);
  const ran = await inSpan('off', { kind: 'client', attributes: {} }, async (span) => {
    expect(span).toBeUndefined();
    return traceparent() ?? 'nothing';
  });
  expect(ran).toBe('nothing');
  expect(exporter.getFinishedSpans()).toEqual([]);
});
