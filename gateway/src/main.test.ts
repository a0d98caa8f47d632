import { writeFile } from 'node:fs/promises';
import { serveSubgraph } from '@civitas/platform/subgraph';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { compose, miniSubgraph, silent } from './testing/compose.ts';
import { runGateway, supergraphFile } from './testing/gateway-process.ts';
import { post } from './testing/opened-gateway.ts';
import { identity, library } from './testing/town.ts';

const SECRET = 'a secret that is long enough to be one';

async function fileOf(content: string): Promise<string> {
  const { path, remove } = await supergraphFile(content);
  onTestFinished(remove);
  return path;
}

function run(env: Record<string, string>) {
  const gateway = runGateway(env);
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  return gateway;
}

test('the process starts without reaching for anybody, serves signed-in clients, and drains on SIGTERM', async () => {
  const keys = await generateKeyPair('EdDSA');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'EdDSA' };
  const people = identity();
  const served = await serveSubgraph(
    {
      ...people,
      routes: [
        {
          method: 'GET',
          path: '/jwks',
          handle: async () => ({ status: 200, body: JSON.stringify({ keys: [jwk] }) }),
        },
      ],
    },
    { port: 0, host: '127.0.0.1', internalSecret: SECRET, log: silent },
  );
  onTestFinished(() => served.close());
  const gateway = run({
    PORT: '0',
    SUPERGRAPH_PATH: await fileOf(compose([people, library()]).replace(/@policy\(.*?\)(?=\n)/, '')),
    // The first of the two is not there: a read goes to the other.
    IDENTITY_URL: `http://127.0.0.1:1/graphql, ${served.url}`,
    LIBRARY_URL: 'http://127.0.0.1:1/graphql',
    JWKS_URL: new URL('/jwks', served.url).href,
    INTERNAL_SECRET: SECRET,
  });
  const url = await gateway.listening();
  expect((await fetch(new URL('/health/live', url))).status).toBe(200);
  expect(gateway.outbound()).toEqual([]);

  const token = await new SignJWT({ sid: 'ses_7', kind: 'DONOR', scope: 'a' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' })
    .setSubject('usr_7')
    .setIssuer('https://civitas.local')
    .setAudience('civitas')
    .setExpirationTime('1m')
    .sign(keys.privateKey);
  const answer = await post(
    url,
    { query: '{ whoAsks shelf }' },
    {
      authorization: `Bearer ${token}`,
      'x-request-id': 'request-1',
    },
  );
  expect(await answer.json()).toEqual({
    data: { whoAsks: 'usr_7 a request-1', shelf: null },
    errors: [
      {
        message: 'A part of the graph cannot be reached right now.',
        path: ['shelf'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', requestId: 'request-1' },
      },
    ],
  });
  // The recorder sees what does go out: to the two subgraphs and for the keys, and nowhere else.
  expect(gateway.outbound().length).toBeGreaterThan(2);
  for (const line of gateway.outbound()) expect(line).toMatch(/127\.0\.0\.1/);

  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});

test('an environment that does not fit is one line that names every variable', async () => {
  const gateway = run({ PORT: 'x', JWKS_URL: 'nowhere' });
  expect(await gateway.ended).toBe(1);
  expect(gateway.stderr()).toMatch(
    /^Environment not usable: .*PORT.*JWKS_URL.*INTERNAL_SECRET[^\n]*\n$/,
  );
});

test.each([
  [
    'is not there',
    async () => '/nowhere/supergraph.graphql',
    /^SUPERGRAPH_PATH: .* cannot be read\.\n$/,
  ],
  ['is damaged', () => fileOf('type Query {'), /^Supergraph not usable: Syntax Error[^\n]*\n$/],
])('a supergraph that %s is one line', async (_, path, line) => {
  const gateway = run({
    SUPERGRAPH_PATH: await path(),
    JWKS_URL: 'http://127.0.0.1:1/jwks',
    INTERNAL_SECRET: SECRET,
  });
  expect(await gateway.ended).toBe(1);
  expect(gateway.stderr()).toMatch(line);
});

test('a supergraph file that changes is served without a restart; a bad one is refused', async () => {
  const versionOf = (field: string) =>
    miniSubgraph('library', `type Query { ${field}: String }`, { Query: { [field]: () => field } });
  const both = miniSubgraph('library', 'type Query { shelf: String attic: String }', {
    Query: { shelf: () => 'full', attic: () => 'dusty' },
  });
  const served = await serveSubgraph(both, {
    port: 0,
    host: '127.0.0.1',
    internalSecret: SECRET,
    log: silent,
  });
  onTestFinished(() => served.close());
  const path = await fileOf(compose([versionOf('shelf')]));
  const gateway = run({
    PORT: '0',
    INTERNAL_PORT: '0',
    SUPERGRAPH_PATH: path,
    LIBRARY_URL: served.url,
    JWKS_URL: 'http://127.0.0.1:1/jwks',
    INTERNAL_SECRET: SECRET,
  });
  const { url: metrics } = await gateway.logged('metrics');
  const url = await gateway.listening();
  const ask = async (query: string) => (await post(url, { query })).json();
  expect(await ask('{ shelf }')).toEqual({ data: { shelf: 'full' } });
  await writeFile(path, 'type Query {');
  gateway.child.kill('SIGHUP');
  expect(await gateway.logged('supergraph refused, the old one serves on')).toMatchObject({
    reason: expect.stringMatching(/^Supergraph not usable: Syntax Error/),
  });
  expect(await ask('{ shelf }')).toEqual({ data: { shelf: 'full' } });
  await writeFile(path, compose([versionOf('attic')]));
  gateway.child.kill('SIGHUP');
  await gateway.logged('supergraph reloaded');
  expect(await ask('{ attic }')).toEqual({ data: { attic: 'dusty' } });
  expect(await ask('{ shelf }')).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
  const counted = await (await fetch(metrics)).text();
  expect(counted).toContain('civitas_supergraph_reloads_total{result="refused"} 1');
  expect(counted).toContain('civitas_breaker_state{subgraph="library"} 0');
  expect(counted).toContain('nodejs_eventloop_lag_p99_seconds');
  // Nobody outside reads them.
  expect((await fetch(new URL('/metrics', url))).status).toBe(404);
});
