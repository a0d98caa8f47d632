import { newId } from '@civitas/platform/ids';
import { createLogger } from '@civitas/platform/telemetry';
import { expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/demo/identity.ts';
import { readCommand } from '../../../src/operator/arguments.ts';
import { runCommand } from '../../../src/operator/run-command.ts';
import { ENCRYPTION_SECRET } from '../../set-up/open-subgraphs.ts';
import type { Shape, TestGraph } from '../use-graph.ts';

/** What an account brings, what ends it at once, and what its owner can take along. */
export function accountTests(graph: TestGraph, shape: Shape): void {
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

  test('a token that is not ours is refused, never taken for nobody', async () => {
    const { status, errors } = await graph.ask('{ me { id } }', {}, 'eyJhbGciOiJub25lIn0.e30.');
    expect(status).toBe(401);
    expect(errors?.[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  test('what the operator does holds for access tokens that are out; a role that is taken away, at once', async () => {
    const handle = graph.world.ofKind('CIVILIAN')[5]?.handle ?? '';
    const token = await graph.signIn(handle);
    const operate = (command: string) =>
      runCommand(
        readCommand([command, handle, ...(command.endsWith('role') ? ['MODERATOR'] : [])]),
        {
          urls: graph.databaseUrls,
          redisUrl: undefined,
          log: createLogger({ name: 'test', level: 'silent' }),
          encryptionSecret: async () => ENCRYPTION_SECRET,
        },
      );
    const ask = async (query: string, id: string) => {
      const { data, errors } = await graph.ask(query, { id }, token);
      return errors?.[0]?.extensions.code ?? data?.result?.code;
    };
    const decide = () =>
      ask(
        `mutation ($id: ID!) { result: answerDispute(input: { disputeId: $id, uphold: true, answer: "No" }) {
          ... on UserError { code } } }`,
        newId('dsp'),
      );
    const [{ id: topicId }] = await graph.databases.sql(
      'content',
      `SELECT topic.id FROM topic JOIN subject ON subject.id = subject_id
       WHERE visibility = 'PUBLIC' AND author_id <> $1 LIMIT 1`,
      [graph.world.ofKind('CIVILIAN')[5]?.id],
    );
    const purge = () =>
      ask(
        `mutation ($id: ID!) { result: purgeTopicHistory(input: { topicId: $id }) { ... on UserError { code } } }`,
        topicId,
      );
    expect([await decide(), await purge()]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await operate('grant-role')).toEqual([
      `${handle} now has the role MODERATOR (MODERATOR)`,
    ]);
    await expect.poll(decide, { timeout: 10_000 }).toBe('DISPUTE_NOT_FOUND');
    expect(await purge()).toBeUndefined();
    expect(await operate('revoke-role')).toEqual([
      `${handle} no longer has the role MODERATOR (no role)`,
    ]);
    expect([await decide(), await purge()]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await operate('end-sessions')).toEqual([`${handle}: 1 sessions ended`]);
    await expect.poll(decide, { timeout: 10_000 }).toBe('UNAUTHENTICATED');
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
}
