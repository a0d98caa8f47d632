import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '@civitas/gateway';
import '@civitas/platform/events';
import { createLogger, metricsText, startTelemetry } from '@civitas/platform/telemetry';
import { beforeAll, describe, expect, test } from 'vitest';

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

describe('alerts', () => {
  const alerts = read(RULES)
    .split(/^ {6}- alert: /m)
    .slice(1);

  test.each(alerts.map((text) => [text.split('\n', 1)[0] ?? '', text]))(
    '%s is whole, and the guide says what to do',
    (name, text) => {
      expect(text).toMatch(/^ {8}expr: /m);
      expect(text).toMatch(/severity: (critical|warning)/);
      expect(text).toMatch(/summary: \S/);
      expect(read('docs/guides/operating-the-gateway.md')).toContain(`### ${name}`);
    },
  );

  test('are what Prometheus accepts, where its tool is installed', () => {
    const isInstalled = spawnSync('promtool', ['--version']).status === 0;
    const path = fileURLToPath(new URL(RULES, root));
    const checked = isInstalled ? spawnSync('promtool', ['check', 'rules', path]) : { status: 0 };
    expect(checked.status).toBe(0);
  });
});

test('the dashboard is one that Grafana can import', () => {
  const { uid, panels } = JSON.parse(read(DASHBOARD));
  expect(uid).toBe('civitas');
  const ids = panels.map(({ id }: { id: number }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { title, targets } of panels) {
    expect(title).toMatch(/\S/);
    for (const { expr } of targets) expect(expr).toMatch(METRIC);
  }
});
