import { describe, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { identity, library, trade } from '../testing/town.ts';
import { userWith } from '../testing/town-gateway.ts';
import { loadSupergraph } from './load-supergraph.ts';

const subgraphs = [identity(), trade(), library()];
const sdl = compose(subgraphs);
const transports = new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)]));
const options = {
  transports,
  verifyAccessToken: async () => userWith(),
  log: silent,
  introspection: true,
  policies: new Map([['keyholder', () => true]]),
};

test('the fixture uses every feature that plain Apollo refuses or ignores', () => {
  for (const spec of ['authenticated', 'requiresScopes', 'policy', 'cost']) {
    expect(sdl).toContain(`@link(url: "https://specs.apollo.dev/${spec}/v0.1"`);
  }
});

test('a supergraph with access and cost directives loads, and clients see neither', () => {
  const { schema, subgraphs: found } = loadSupergraph(sdl);
  expect(schema.getDirective('authenticated')).toBeUndefined();
  expect(found.map(({ name }) => name)).toEqual(['identity', 'library', 'trade']);
});

test('access directives are found under the names that @link gives them', () => {
  const renamed = sdl
    .replace(
      /@link\(url: "https:\/\/specs.apollo.dev\/authenticated\/v0.1", for: SECURITY\)/,
      '@link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "signedIn", for: SECURITY)',
    )
    .replaceAll('@authenticated', '@signedIn');
  expect(renamed).toContain('@signedIn');
  const { accessRules } = loadSupergraph(renamed);
  expect(accessRules.forField('Query', 'me')).toMatchObject({ authenticated: true });
  expect(accessRules.forField('Query', 'user')).toBeUndefined();
});

describe('is refused with one line that says why', () => {
  const withFeature = (url: string, purpose: string) =>
    sdl.replace('schema\n', `schema\n  @link(url: "${url}", for: ${purpose})\n`);

  test.each([
    [
      'a security feature nobody enforces',
      withFeature('https://specs.example.dev/vault/v0.1', 'SECURITY'),
      /vault\/v0\.1.*SECURITY/,
    ],
    [
      'a newer version of one',
      withFeature('https://specs.apollo.dev/authenticated/v9.9', 'SECURITY'),
      /authenticated/,
    ],
    [
      'an execution feature nobody knows',
      withFeature('https://specs.example.dev/warp/v0.1', 'EXECUTION'),
      /warp/,
    ],
    ['something that is not a supergraph', 'type Query { a: Int }', /core schema/],
    ['something that is not GraphQL', 'garbage {', /Syntax Error/],
  ])('%s', async (_, supergraphSdl, reason) => {
    const refusal = await createGateway({ ...options, supergraphSdl }).catch(
      (error: Error) => error,
    );
    expect(refusal).toMatchObject({
      name: 'SupergraphError',
      message: expect.stringMatching(reason),
    });
    expect((refusal as Error).message).not.toContain('\n');
  });

  test('a context, with the types that set it', () => {
    const menu = miniSubgraph(
      'menu',
      `type Query { inn: Inn }
       type Inn @key(fields: "id") @context(name: "inn") { id: ID! tongue: String dish: Dish }
       type Dish @key(fields: "id") {
         id: ID! title(tongue: String @fromContext(field: "$inn { tongue }")): String
       }`,
      {},
    );
    const dishes = miniSubgraph(
      'dishes',
      'type Dish @key(fields: "id") { id: ID! cents: Int }',
      {},
    );
    expect(() => loadSupergraph(compose([menu, dishes]))).toThrow(
      'Supergraph not usable: @context and @fromContext are not executed here; a context is set on Inn.',
    );
  });

  test('a subgraph without a transport', async () => {
    const partial = new Map([...transports].filter(([name]) => name !== 'trade'));
    await expect(
      createGateway({ ...options, supergraphSdl: sdl, transports: partial }),
    ).rejects.toThrow('No transport for the subgraphs trade.');
  });
});
