import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../src/demo/identity.ts';
import { shapes, useGraph } from './use-graph.ts';

const TOWN = readFileSync(new URL('../../../../operations/town.graphql', import.meta.url), 'utf8');

describe.each(shapes)('in %s', (shape) => {
  const graph = useGraph(shape);

  function variables() {
    const first = (kind: 'CIVILIAN' | 'FAMILY' | 'MERCHANT') => graph.world.ofKind(kind)[0]?.id;
    return { civilian: first('CIVILIAN'), family: first('FAMILY'), merchant: first('MERCHANT') };
  }

  test('one query is answered by all five subgraphs with data of the demo town', async () => {
    const { status, data, errors } = await graph.ask(TOWN, variables());
    expect(errors).toBeUndefined();
    expect(status).toBe(200);
    const { civilian, family, merchant } = data;
    expect(civilian.displayName).toBe(graph.world.ofKind('CIVILIAN')[0]?.displayName);
    expect(civilian.officersMet.edges).toHaveLength(10);
    expect(civilian.officersMet.pageInfo).toEqual({
      hasNextPage: true,
      endCursor: expect.any(String),
    });
    expect(civilian.officersMet.edges[0]).toMatchObject({
      node: { badgeNumber: expect.stringMatching(/^CV-/) },
    });
    expect(civilian.subjects.edges.length).toBeGreaterThan(0);
    expect(civilian.communities.edges.length).toBeGreaterThan(0);
    expect(BigInt(family.donationsReceivedTotal.amountMinor)).toBeGreaterThan(0n);
    expect(family.donationsReceived.edges).toHaveLength(5);
    expect(merchant.goodsSold.units).toBeGreaterThan(0);
    expect(merchant.listings.edges.length).toBeGreaterThan(0);
  });

  test('every page of a connection across subgraphs is reached by its cursors', async () => {
    const query = /* GraphQL */ `
      query ($id: ID!, $after: String) {
        user(id: $id) {
          ... on Civilian {
            officersMet(first: 7, after: $after) {
              edges { node { id } }
              pageInfo { hasNextPage endCursor }
            }
          }
        }
      }
    `;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await graph.ask(query, { id: variables().civilian, after });
      const { edges, pageInfo } = data.user.officersMet;
      seen.push(...edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('somebody who registers has a wallet, brought by an event', async () => {
    const handle = `new-${shape.replace(' ', '-')}`;
    const input = {
      email: `${handle}@example.org`,
      password: 'correct horse battery staple',
      displayName: 'New Person',
      handle,
      profile: { civilian: {} },
    };
    const register = /* GraphQL */ `
      mutation ($input: RegisterInput!) {
        register(input: $input) {
          ... on RegistrationStarted { registrationToken }
        }
      }
    `;
    const confirm = /* GraphQL */ `
      mutation ($input: ConfirmRegistrationInput!) {
        confirmRegistration(input: $input) {
          ... on RegisterSuccess { user { id } session { accessToken } }
        }
      }
    `;
    const started = await graph.ask(register, { input });
    const { registrationToken } = started.data.register;
    const code = await graph.mailedCode(input.email);
    const { data } = await graph.ask(confirm, { input: { registrationToken, code } });
    const token = data.confirmRegistration.session.accessToken;
    const wallets = async () => {
      const answer = await graph.ask(
        '{ me { id wallets { balance { amountMinor currency } } } }',
        {},
        token,
      );
      return answer.data.me.wallets;
    };
    await expect
      .poll(wallets, { timeout: 10_000, interval: 50 })
      .toEqual([{ balance: { amountMinor: '0', currency: 'EUR' } }]);
  });

  test('an anonymous donation shows no donor', async () => {
    const query = /* GraphQL */ `
      query ($after: String) {
        users(kind: FAMILY, first: 20, after: $after) {
          edges { node { donationsReceived(first: 20) { edges { node { id donor { id displayName } } } } } }
        }
      }
    `;
    const { data } = await graph.ask(query);
    const donations = data.users.edges.flatMap(
      (edge: { node: { donationsReceived: { edges: unknown[] } } }) =>
        edge.node.donationsReceived.edges,
    );
    const anonymous = donations.filter(
      (edge: { node: { donor: unknown } }) => edge.node.donor === null,
    );
    expect(anonymous.length).toBeGreaterThan(0);
    expect(anonymous.length).toBeLessThan(donations.length);
  });

  test.each([
    ['{ user(id: "NOT_A_VALID_ID") { id } }', 'MALFORMED_ID'],
    ['{ users(first: 0) { edges { cursor } } }', 'PAGE_SIZE_OUT_OF_RANGE'],
    ['{ users(first: 101) { edges { cursor } } }', 'PAGE_SIZE_OUT_OF_RANGE'],
    ['{ users(first: 1000000) { edges { cursor } } }', 'OPERATION_TOO_COSTLY'],
    ['{ users(after: "someone-elses") { edges { cursor } } }', 'MALFORMED_CURSOR'],
    ['{ users(kind: WIZARD) { edges { cursor } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ me', 'GRAPHQL_PARSE_FAILED'],
    ['{ mySessions { edges { cursor } } }', 'UNAUTHENTICATED'],
  ])('%s is answered with %s and the id of the request', async (query, code) => {
    const { status, errors, headers } = await graph.ask(query);
    expect(status).toBeLessThan(500);
    expect(errors?.[0]).toMatchObject({
      extensions: { code, requestId: headers.get('x-request-id') },
    });
  });

  test('a token that is not ours is refused, never taken for nobody', async () => {
    const { status, errors } = await graph.ask('{ me { id } }', {}, 'eyJhbGciOiJub25lIn0.e30.');
    expect(status).toBe(401);
    expect(errors?.[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  test('the public keys of access tokens are served beside the graph', async () => {
    const answer = await fetch(new URL('/.well-known/jwks.json', graph.url));
    expect(await answer.json()).toMatchObject({
      keys: [{ kty: 'OKP', crv: 'Ed25519', use: 'sig' }],
    });
  });

  test('somebody’s data are collected from every subgraph and fetched as a file', async () => {
    const person = graph.world.ofKind('MERCHANT')[0];
    const token = await graph.signIn(person?.handle ?? '');
    const start = /* GraphQL */ `
      mutation ($input: OwnerProofInput!) {
        requestDataExport(input: $input) { ... on RequestDataExportSuccess { request { id } } }
      }
    `;
    const { data } = await graph.ask(start, { input: { password: DEMO_PASSWORD } }, token);
    expect(data.requestDataExport.request.id).toMatch(/^dpr_/);
    const read = '{ myDataRequests(first: 1) { edges { node { downloadPath } } } }';
    const path = async () =>
      (await graph.ask(read, {}, token)).data.myDataRequests.edges[0].node.downloadPath;
    await expect.poll(path, { timeout: 20_000, interval: 100 }).not.toBeNull();
    const answer = await fetch(new URL(await path(), graph.url));
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const document = (await answer.json()) as { person: string; data: Record<string, object> };
    expect(document.person).toBe(person?.id);
    expect(Object.keys(document.data)).toEqual([
      'communities',
      'content',
      'finance',
      'identity',
      'marketplace',
    ]);
    const forged = (await path()).replace(/[^/]+$/, 'x'.repeat(43));
    expect((await fetch(new URL(forged, graph.url))).status).toBe(404);
    expect((await fetch(new URL('/data-exports/..%2fgraphql', graph.url))).status).toBe(404);
  });

  test('the graph says that it is live and ready', async () => {
    expect((await fetch(new URL('/health/live', graph.url))).status).toBe(200);
    expect((await fetch(new URL('/health/ready', graph.url))).status).toBe(200);
  });
});
