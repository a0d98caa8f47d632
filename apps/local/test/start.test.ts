import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

// The command itself, as a person runs it: a process of its own. A start takes seconds, so the tests
// go on from each other: all of them have one data directory, in the order in which they stand.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const running = new Set<ChildProcess>();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'civitas-start-'));
});

afterAll(async () => {
  await endAll();
  await rm(directory, { recursive: true, force: true });
});

/** Writes a line for every attempt of a process to reach somebody. */
const RECORDER = join(root, 'gateway/src/testing/record-connections.ts');

function start(...args: string[]) {
  const entry = ['--import', RECORDER, 'apps/local/src/main.ts'];
  const child = spawn(process.execPath, [...entry, '--port', '0', ...args], {
    cwd: root,
    env: { ...process.env, CIVITAS_DATA: join(directory, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  let errors = '';
  const outbound: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('OUTBOUND ')) outbound.push(line);
    else errors += `${line}\n`;
  });
  const ready = async () => {
    const hasEnded = () => expect(output + errors).toMatch(/Ctrl-C stops it|civitas: /);
    await vi.waitFor(hasEnded, { timeout: 110_000 });
    const [, url] = /is ready: (\S+)/.exec(output) ?? [];
    if (url === undefined) throw new Error(errors);
    return { url, output, outbound };
  };
  const reaches = (line: RegExp) =>
    vi.waitFor(() => expect(output).toMatch(line), { timeout: 60_000, interval: 10 });
  const exit = async () => {
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, output, errors: errors.trim() };
  };
  return { child, ready, reaches, exit };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0] as number | null;
}

async function endAll(): Promise<void> {
  for (const child of running) await end(child, 'SIGTERM');
}

async function peopleAt(url: string): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ users(first: 100) { edges { node { id } } } }' }),
  });
  const { data } = (await answer.json()) as { data: { users: { edges: unknown[] } } };
  return data.users.edges.length;
}

describe('the first start', () => {
  const first = () => {
    if (!started) throw new Error('It starts before the tests.');
    return started;
  };
  let started: (ReturnType<typeof start> & Awaited<Ready>) | undefined;
  type Ready = ReturnType<ReturnType<typeof start>['ready']>;

  beforeAll(async () => {
    const starting = start();
    started = { ...starting, ...(await starting.ready()) };
  }, 120_000);

  test('shows its steps, what to try, and serves the demo town and GraphiQL', async () => {
    const { url, output } = first();
    for (const step of ['starting Postgres', 'migrating', 'demo data', 'supergraph', 'gateway']) {
      expect(output).toMatch(new RegExp(`${step}.* \\d+\\.\\d s`));
    }
    expect(output.match(/curl -s/g)).toHaveLength(10);
    expect(output).toMatch(/@demo\.civitas\.example/);
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    expect(await peopleAt(url)).toBe(100);
    const page = await (await fetch(new URL('/', url))).text();
    expect(page).toContain('graphiql');
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  test('has what there is to try in tabs of GraphiQL, which a click opens', async () => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(new URL('/', first().url).href);
    const tabs = page.locator('.graphiql-tab-button');
    await tabs.first().waitFor();
    const names = await tabs.allTextContents();
    expect(names).toHaveLength(11);
    for (const [index, name] of names.entries()) {
      await tabs.nth(index).click();
      await page.locator('.graphiql-query-editor .view-line', { hasText: name }).first().waitFor();
    }
  }, 60_000);

  test('prints examples that work as they are', async () => {
    const { url, output } = first();
    const bodies = Array.from(output.matchAll(/-d '(.*)'$/gm), ([, body]) => body ?? '');
    expect(bodies).toHaveLength(10);
    const pictures: RegExpExecArray[] = [];
    for (const body of bodies) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const answered = await answer.json();
      expect(answered).toEqual({ data: expect.any(Object) });
      pictures.push(...JSON.stringify(answered).matchAll(/"(?:avatar|url)":"(http[^"]+)"/g));
    }
    // Of a topic, and of who wrote it.
    expect(pictures.length).toBeGreaterThanOrEqual(2);
    for (const [, address = ''] of pictures) {
      const { status, headers } = await fetch(address, { method: 'HEAD' });
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image/)]);
    }
  });

  test('and what it serves reaches for nobody outside the machine', () => {
    const { outbound } = first();
    expect(outbound.length).toBeGreaterThan(0);
    expect(outbound.filter((line) => !/"127\.0\.0\.1"|"path":"\//.test(line))).toEqual([]);
  });

  test('holds its data: a second start on it is refused in one line', async () => {
    const { code, errors } = await start().exit();
    expect(code).toBe(1);
    expect(errors).toMatch(/^civitas: .*in use.*$/i);
  });

  test('leaves everything that was there to the next, also after kill -9; Ctrl-C ends that with exit code 0 and leaves no Postgres behind', async () => {
    await end(first().child, 'SIGKILL');
    const second = start();
    const { url } = await second.ready();
    expect(await peopleAt(url)).toBe(100);
    expect(await end(second.child, 'SIGINT')).toBe(0);
    expect(await readdir(join(directory, 'data/postgres'))).not.toContain('postmaster.pid');
  });
});

test('a taken port is refused in one line before anything is started', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { code, output, errors } = await start('--port', String(port)).exit();
  server.close();
  expect(code).toBe(1);
  expect(errors).toBe(`civitas: Port ${port} is taken; choose another: npm start -- --port 4001`);
  expect(output).toBe('');
});

test('--help says what can be said and starts nothing', async () => {
  const { code, output } = await start('--help').exit();
  expect(code).toBe(0);
  expect(output).toContain('--seed none|demo|large');
});

test.each([
  [['--seed', 'huge'], /^civitas: --seed must be none, demo, large, not "huge"\.$/],
  [['--port', 'x'], /^civitas: --port must be a number from 0 to 65535, not "x"\.$/],
  [['--nonsense'], /^civitas: Unknown option '--nonsense'/],
])('the arguments %j are refused in one line', async (args, line) => {
  const { code, errors } = await start(...args).exit();
  expect(code).toBe(1);
  expect(errors.split('\n')).toHaveLength(1);
  expect(errors).toMatch(line);
});

describe('data of the first start', () => {
  test('made with another seed asks for --reset', async () => {
    const refused = await start('--seed', 'none').exit();
    expect(refused.code).toBe(1);
    expect(refused.errors).toMatch(/^civitas: The data was made with --seed demo; add --reset .*$/);
  });

  test('that is damaged is refused in one line that tells the way out', async () => {
    const secrets = join(directory, 'data/secrets.json');
    const kept = await readFile(secrets, 'utf8');
    await writeFile(secrets, '{"internalSecret":"');
    expect((await start().exit()).errors).toMatch(
      /^civitas: .*secrets\.json is damaged; .*--reset.*$/,
    );
    await writeFile(secrets, kept);
    await rm(join(directory, 'data/postgres/PG_VERSION'));
    const { code, errors } = await start().exit();
    expect(code).toBe(1);
    expect(errors).toMatch(/^civitas: .*damaged.*--reset.*$/);
  });

  test('gives way to new data by --reset, however damaged it is; Ctrl-C in the middle leaves no Postgres behind', async () => {
    const interrupted = start('--reset');
    await interrupted.reaches(/migrating.* s$/m);
    const ended = interrupted.exit();
    interrupted.child.kill('SIGINT');
    const { code, errors } = await ended;
    expect([code, errors]).toEqual([1, 'civitas: It was stopped before it was ready.']);
    expect(await readdir(join(directory, 'data/postgres'))).not.toContain('postmaster.pid');
    const { url } = await start('--reset', '--seed', 'none').ready();
    expect(await peopleAt(url)).toBe(0);
  });
});
