import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSupergraph } from '@civitas/gateway';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CivitasAnswerError, connectToCivitas } from '../../../../examples/partner/civitas.ts';
import manifest from '../../../../examples/partner/operations.json' with { type: 'json' };
import { HELP, readArguments } from '../../../../tools/operations/arguments.ts';
import { faultsOf } from '../../../../tools/operations/faults-of.ts';
import { publish as publishOperations } from '../../../../tools/operations/publish.ts';
import { readManifest } from '../../../../tools/operations/read-manifest.ts';
import { DEMO_PASSWORD } from '../../src/demo/identity.ts';
import { DEMO_API_KEY, DEMO_CLIENT } from '../../src/demo/partners.ts';
import { supergraphPath } from '../../src/supergraph.ts';
import { shapes, useGraph } from './use-graph.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const MANIFEST = join(root, 'examples/partner/operations.json');

interface Ended {
  readonly code: number;
  readonly output: string;
}

function run(path: string, given: readonly string[], environment: object = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [path, ...given], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

async function fileOf(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'civitas-operations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'operations.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** A mutation as it stands in the guide, with what is left open there filled in. */
function fromTheGuide(mutation: string, given: Readonly<Record<string, string>>): string {
  const guide = readFileSync(join(root, 'docs/guides/partners.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```graphql\n([\s\S]+?)^```/gm)].map(([, text]) => text ?? '');
  const block = blocks.find((text) => text.includes(`  ${mutation}(`)) ?? '';
  return block.replaceAll(/(\w+): "(?:\w+_)?…"/g, (_, name) => `${name}: "${given[name]}"`);
}

const idOf = (name: string) => manifest.operations.find((each) => each.name === name)?.id ?? '';

describe.each(shapes)('a partner of the graph in %s', (shape) => {
  const graph = useGraph(shape);
  const publish = (path: string, token = DEMO_API_KEY, client = DEMO_CLIENT) =>
    run('tools/operations.ts', ['publish', '--client', client, '--url', graph.url, path], {
      CIVITAS_TOKEN: token,
    });
  const kiosk = () => connectToCivitas({ url: graph.url, apiKey: DEMO_API_KEY });

  test('publishes its operations, once and again, and sends them by their ids from then on', async () => {
    const before = kiosk().read('an-id-that-nobody-publishes');
    await expect(before).rejects.toMatchObject({ codes: ['PERSISTED_QUERY_NOT_IN_LIST'] });
    expect(await publish(MANIFEST)).toEqual({
      code: 0,
      output: 'operations: example-partner has version 1: 2 operations added, 0 were there\n',
    });
    expect((await publish(MANIFEST)).output).toContain(
      'version 1: 0 operations added, 2 were there',
    );
    const owner = await kiosk().read(idOf('KioskOwner'));
    const [merchant] = graph.world.ofKind('MERCHANT');
    expect(owner).toEqual({ me: { displayName: merchant?.displayName } });
    const shown = await run('examples/partner/main.ts', [], {
      CIVITAS_URL: graph.url,
      CIVITAS_API_KEY: DEMO_API_KEY,
    });
    expect(shown.output.trim().split('\n')).toHaveLength(5);
  });

  test('may send nothing else, and change nothing', async () => {
    const codeOf = async (query: string) =>
      (await graph.ask(query, {}, DEMO_API_KEY)).errors?.[0].extensions.code;
    expect(await codeOf('{ me { id } }')).toBe('QUERY_NOT_IN_SAFELIST');
    const rename = 'mutation { updateProfile(input: { displayName: "X" }) { __typename } }';
    expect(await codeOf(rename)).toBe('QUERY_NOT_IN_SAFELIST');
  });

  test('comes from nothing to an account, keys and operations by what the guide says', async () => {
    const [, administrator] = graph.world.ofKind('CIVILIAN');
    const [, owner] = graph.world.ofKind('MERCHANT');
    const asAdministrator = await graph.signIn(administrator?.handle ?? '');
    const asOwner = await graph.signIn(owner?.handle ?? '');
    const change = async (mutation: string, token: string, given: Record<string, string>) => {
      const query = fromTheGuide(mutation, { ...given, password: DEMO_PASSWORD });
      return (await graph.ask(query, {}, token)).data[mutation];
    };
    const terms = async (mode: string) => {
      const query = fromTheGuide('changePartnerTerms', { partnerAccountId });
      const stricter = query.replace('SAFELIST', mode);
      const { data } = await graph.ask(stricter, {}, asAdministrator);
      expect(data.changePartnerTerms).toEqual({ partnerAccount: { mode } });
    };
    const opened = await change('openPartnerAccount', asAdministrator, {
      ownerId: owner?.id ?? '',
    });
    const partnerAccountId: string = opened.partnerAccount.id;
    const first = await change('createApiKey', asOwner, { partnerAccountId });
    expect(first.secret).toMatch(/^civitas_/);
    const codeWith = async (key: string, query: string) =>
      (await graph.ask(query, {}, key)).errors?.[0].extensions.code ?? 'answered';

    // LOG_UNKNOWN: everything, within the account's quotas.
    const unknown = '{ listings(first: 1) { edges { node { id } } } }';
    const answer = await graph.ask(unknown, {}, first.secret);
    expect(answer.data.listings.edges).toHaveLength(1);
    expect(answer.headers.get('ratelimit-policy')).toBe(
      '"minute";q=120;w=60, "day";q=10000;w=86400',
    );
    expect(answer.headers.get('ratelimit')).toMatch(/^"minute";r=119;t=\d+, "day";r=9999;t=\d+$/);

    // As the command above does, which takes seconds to begin.
    const operations = readManifest(MANIFEST);
    const to = { client: 'harbour-kiosk', url: graph.url, operations };
    expect(await publishOperations({ ...to, token: first.secret })).toEqual({
      added: 2,
      version: 1,
    });
    // SAFELIST: registered operations, by id or as text, however it is formatted. A new key hears it at once.
    await terms('SAFELIST');
    const rotated = await change('rotateApiKey', asOwner, { apiKeyId: first.apiKey.id });
    const registered = manifest.operations[0]?.body.replaceAll(/\s+/g, ' ') ?? '';
    expect(await codeWith(rotated.secret, registered)).toBe('answered');
    expect(await codeWith(rotated.secret, unknown)).toBe('QUERY_NOT_IN_SAFELIST');
    // Its scopes name the market and nothing that is said of its owner.
    const rotatedKiosk = connectToCivitas({ url: graph.url, apiKey: rotated.secret });
    expect(await rotatedKiosk.read(idOf('KioskOwner'))).toEqual({ me: null });
    // The key of before goes on, and hears it within five seconds.
    await vi.waitFor(
      async () => expect(await codeWith(first.secret, unknown)).toBe('QUERY_NOT_IN_SAFELIST'),
      { timeout: 40_000, interval: 200 },
    );
    expect(await codeWith(first.secret, registered)).toBe('answered');

    // REQUIRE_ID: by id alone; who publishes may still say so.
    await terms('REQUIRE_ID');
    const next = await change('createApiKey', asOwner, { partnerAccountId });
    expect(await codeWith(next.secret, registered)).toBe('PERSISTED_QUERY_ID_REQUIRED');
    const nextKiosk = connectToCivitas({ url: graph.url, apiKey: next.secret });
    expect(await nextKiosk.read(idOf('KioskListings'), { first: 1 })).toHaveProperty('listings');
    expect(await publishOperations({ ...to, token: next.secret })).toMatchObject({ added: 0 });

    const revoke = `mutation { revokeApiKey(input: { apiKeyId: "${first.apiKey.id}" }) { __typename } }`;
    await graph.ask(revoke, {}, asOwner);
    await vi.waitFor(
      async () => expect(await codeWith(first.secret, registered)).toBe('UNAUTHENTICATED'),
      { timeout: 20_000, interval: 50 },
    );
  });

  test('waits when it is told to, and its use is counted', async () => {
    const address = `${graph.url}?documentId=${idOf('KioskOwner')}`;
    const headers = { authorization: `Bearer ${DEMO_API_KEY}`, 'x-civitas-preflight': '1' };
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => fetch(address, { headers })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"minute";q=120;w=60');
    expect(await kiosk().read(idOf('KioskOwner'))).toHaveProperty('me');
    const [merchant] = graph.world.ofKind('MERCHANT');
    const token = await graph.signIn(merchant?.handle ?? '');
    const query =
      '{ myPartnerAccounts { edges { node { usage { edges { node { operationId requests cost } } } } } } }';
    await vi.waitFor(
      async () => {
        const { data } = await graph.ask(query, {}, token);
        const [account] = data.myPartnerAccounts.edges;
        const used = account.node.usage.edges.map(({ node }: { node: object }) => node);
        const known = used.find(
          (each: { operationId: string }) => each.operationId === idOf('KioskOwner'),
        );
        expect(Number(known?.requests)).toBeGreaterThan(100);
      },
      { timeout: 20_000, interval: 250 },
    );
  });
});

describe('a publication is refused before anything is sent', () => {
  const { schema } = loadSupergraph(readFileSync(supergraphPath, 'utf8'));

  test.each([
    [['--help'], 'help'],
    [['publish', 'a.json', '-h'], 'help'],
    [
      ['publish', '--client', 'c', 'a.json'],
      { client: 'c', path: 'a.json', url: 'http://localhost:4000/graphql' },
    ],
  ])('unless the command is %j', (given, read) => {
    expect(readArguments(given)).toEqual(read);
    // What the help says is what there is.
    for (const word of ['publish', '--client', '--url', '--help', 'CIVITAS_TOKEN'])
      expect(HELP).toContain(word);
  });

  test.each([
    [[], 'Say publish.'],
    [['unpublish', 'a.json'], 'There is no command "unpublish".'],
    [['publish', '--client', 'c'], 'Name one file to publish.'],
    [['publish', '--client', 'c', 'a.json', 'b.json'], 'Name one file to publish.'],
    [['publish', 'a.json'], 'Name the client.'],
    [['publish', '--client', 'c', '--url', 'nowhere', 'a.json'], 'nowhere is not a URL.'],
    [['publish', '--nonsense'], /Unknown option '--nonsense'/],
  ])('when the command is %j', (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
    expect(() => readArguments(given)).toThrow('See: npm run operations -- --help');
  });

  test('by the command, with one line for every fault', async () => {
    const path = await fileOf({ a: 'query A { nonsense }', b: '{' });
    const given = ['publish', '--client', 'c', '--url', 'http://127.0.0.1:9/', path];
    const { code, output } = await run('tools/operations.ts', given, { CIVITAS_TOKEN: 'x' });
    expect(output).toMatch(
      /^operations: a: A, line 1: Cannot query field "nonsense".*\nb: Syntax Error.*\nNothing was published: 2 faults\.\n$/,
    );
    expect(code).toBe(1);
  });

  test.each([
    ['another format', [1], /neither the client preset's manifest .* nor Apollo's\.$/],
    ['no JSON', '{', /cannot be read: /],
    ['nothing', {}, /holds no operation/],
  ])('when its file holds %s', async (_, content, message) => {
    const path = await fileOf(content);
    expect(() => readManifest(path)).toThrow(message);
  });

  test('when there is no operation in a document', () => {
    const operations = [{ operationId: 'a', document: 'fragment F on User { id }' }];
    expect(faultsOf(operations, schema)).toEqual(['a: There is no operation in it.']);
  });
});

test('the example’s errors have the codes of the catalogue', () => {
  const error = new CivitasAnswerError([{ message: 'No.', extensions: { code: 'FORBIDDEN' } }]);
  expect(error).toMatchObject({ message: 'No.', codes: ['FORBIDDEN'] });
});
