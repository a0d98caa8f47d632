import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TestGraph } from '../use-graph.ts';

const operation = (file: string) =>
  readFileSync(new URL(`../../../../../operations/${file}`, import.meta.url), 'utf8');
const TOWN = operation('town.graphql');
const WAITING = operation('civic/waiting-verifications.graphql');

/** What is read of the demo town, by whom, and how mistakes are answered. */
export function readingTests(graph: TestGraph): void {
  test('one query is answered by all five subgraphs with data of the demo town', async () => {
    const { status, data, errors } = await graph.ask(TOWN, {
      civilian: graph.world.ofKind('CIVILIAN')[0]?.id,
      family: graph.world.ofKind('FAMILY')[0]?.id,
      merchant: graph.world.ofKind('MERCHANT')[0]?.id,
    });
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

  test('what a policy guards is refused to strangers and civilians, and granted to the administrator', async () => {
    const civilians = graph.world.ofKind('CIVILIAN');
    const seenBy = async (handle?: string) => {
      const token = handle === undefined ? undefined : await graph.signIn(handle);
      const { data, errors = [] } = await graph.ask(WAITING, {}, token);
      const isList = Array.isArray(data.verificationRequests?.edges);
      return [data.me !== null, isList, errors.map(({ extensions }) => extensions.code)];
    };
    expect(await seenBy()).toEqual([false, false, ['UNAUTHENTICATED']]);
    expect(await seenBy(civilians[0]?.handle)).toEqual([true, false, ['FORBIDDEN']]);
    expect(await seenBy(civilians[1]?.handle)).toEqual([true, true, []]);
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
      const { data } = await graph.ask(query, { id: graph.world.ofKind('CIVILIAN')[0]?.id, after });
      const { edges, pageInfo } = data.user.officersMet;
      seen.push(...edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen).size).toBe(seen.length);
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
}
