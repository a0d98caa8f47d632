import { readFileSync } from 'node:fs';
import '@civitas/gateway';
import '@civitas/platform/events';
import { createLogger, metricsText, startTelemetry } from '@civitas/platform/telemetry';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { promqlFaults } from './set-up/promql-faults.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const RULES = 'deploy/prometheus/alerts.yml';
const DASHBOARD = 'deploy/grafana/civitas.json';
const METRIC = /\b(?:civitas|nodejs|process)_[a-z0-9_]+/g;

let exposed: ReadonlySet<string>;
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' });
  const config = { INTERNAL_PORT: 0, OTEL_TRACES_SAMPLER_ARG: 1 };
  const stop = await startTelemetry({ service: 'test', config, log });
  exposed = new Set(
    [...(await metricsText()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''),
  );
  await stop();
});

function namesIn(text: string): readonly string[] {
  return [...new Set(text.match(METRIC))].map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}

describe('every metric is one that a process exposes', () => {
  test.each([RULES, DASHBOARD])('in %s', (path) => {
    const names = namesIn(read(path));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !exposed.has(name))).toEqual([]);
  });

  test('and every metric of ours is on the dashboard', () => {
    const shown = new Set(namesIn(read(DASHBOARD)));
    const ours = [...exposed].filter((name) => name.startsWith('civitas_'));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
  });
});

/** What `promtool check rules` looks at: its keys and no others, durations, names of labels. */
const duration = z.string().regex(/^(?:\d+(?:ms|[smhdwy]))+$/);
const labels = z.record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string().min(1));
const rulesShape = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().min(1),
      interval: duration.optional(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z]\w*$/),
          expr: z.string().min(1),
          for: duration.optional(),
          labels: labels.and(z.object({ severity: z.enum(['critical', 'warning']) })),
          annotations: labels.and(z.object({ summary: z.string().min(1) })),
        }),
      ),
    }),
  ),
});

describe('alerts', () => {
  const { groups } = rulesShape.parse(parse(read(RULES)));
  const alerts = groups.flatMap(({ rules }) => rules);

  test.each(alerts.map((rule) => [rule.alert, rule] as const))(
    '%s is what Prometheus accepts, and the guide says what to do',
    (name, { expr, annotations }) => {
      expect(promqlFaults(expr)).toEqual([]);
      // An expression that sums up keeps no other label to be shown.
      const kept = expr.match(/\bby \(([^)]*)\)/)?.[1]?.split(', ') ?? [];
      const shown = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      expect(kept.length === 0 || shown.every((label) => kept.includes(label ?? ''))).toBe(true);
      expect(read('docs/guides/operating-the-gateway.md')).toContain(`### ${name}`);
    },
  );

  test('have names of their own', () => {
    for (const names of [groups.map(({ name }) => name), alerts.map(({ alert }) => alert)]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('are read by the Prometheus of the example, and speak of its jobs', () => {
    const { rule_files, scrape_configs } = parse(read('deploy/prometheus/prometheus.yml'));
    expect(rule_files).toEqual(['alerts.yml']);
    const jobs = scrape_configs.map((each: { job_name: string }) => each.job_name);
    const named = alerts.flatMap(({ expr }) => [...expr.matchAll(/\bjob="([^"]+)"/g)]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, job] of named) expect(jobs).toContain(job);
  });
});

test.each([
  'sum(rate(civitas_fetch_duration_seconds_count)) > 1',
  'sum by subgraph (up)',
  'histogram_quantile(sum(up), 0.5)',
  'up == ',
  'up{job=civitas}',
  'nonsense(up)',
])('the check of expressions finds the fault in %s', (expression) => {
  expect(promqlFaults(expression)).not.toEqual([]);
});

test('the dashboard is one that Grafana can import', () => {
  const { uid, panels } = JSON.parse(read(DASHBOARD));
  expect(uid).toBe('civitas');
  const ids = panels.map(({ id }: { id: number }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { title, targets } of panels) {
    expect(title).toMatch(/\S/);
    for (const { expr } of targets) {
      expect(expr).toMatch(METRIC);
      expect(promqlFaults(expr.replaceAll('$__rate_interval', '5m'))).toEqual([]);
    }
  }
});
