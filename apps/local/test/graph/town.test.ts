import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newId } from '@civitas/platform/ids';
import { createLogger } from '@civitas/platform/telemetry';
import { describe, expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../src/demo/identity.ts';
import { readCommand } from '../../src/operator/arguments.ts';
import { runCommand } from '../../src/operator/run-command.ts';
import { subgraphNames } from '../../src/subgraph-names.ts';
import { ENCRYPTION_SECRET } from '../set-up/open-subgraphs.ts';
import { cachedPlaces, valuesByPlace } from './cached-places.ts';
import { CACHED_WRITES, NEVER_CHANGED } from './cached-writes.ts';
import { type CollectedSpan, stringOf, type TraceCollector } from './trace-collector.ts';
import { shapes, useGraph } from './use-graph.ts';

const TOWN = readFileSync(new URL('../../../../operations/town.graphql', import.meta.url), 'utf8');

const WAITING = readFileSync(
  new URL('../../../../operations/civic/waiting-verifications.graphql', import.meta.url),
  'utf8',
);

/** One orange dot. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP438MAAAQZAYzvQbwjAAAAAElFTkSuQmCC',
  'base64',
);

interface Imported {
  readonly data: { readonly result: unknown };
}

const hasText = (attributes: CollectedSpan['attributes'], requestId: string) =>
  stringOf(attributes, 'civitas.request_id') === requestId &&
  stringOf(attributes, 'civitas.outcome') !== '';

describe.each(shapes)('in %s', (shape) => {
  const graph = useGraph(shape, { traced: true });

  function variables(nth = 0) {
    const idOf = (kind: 'CIVILIAN' | 'FAMILY' | 'MERCHANT') => graph.world.ofKind(kind)[nth]?.id;
    return { civilian: idOf('CIVILIAN'), family: idOf('FAMILY'), merchant: idOf('MERCHANT') };
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

  test('that query is one trace, from the gateway over each subgraph to its SQL, without what anybody said', async () => {
    const { spans, wayUp } = graph.collector as TraceCollector;
    const requestId = randomUUID();
    // Of people that nobody has asked about yet: what is remembered needs no SQL.
    const person = graph.world.ofKind('CIVILIAN')[1];
    const token = await graph.signIn(person?.handle ?? '');
    await fetch(graph.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': requestId,
      },
      body: JSON.stringify({ query: TOWN, variables: variables(1) }),
    });
    /** From each subgraph's statements up: names of spans, and the process that each is of. */
    const ways = () => {
      const [root] = spans.filter(({ attributes }) => hasText(attributes, requestId)).slice(-1);
      const ofTrace = spans.filter(({ traceId }) => traceId === root?.traceId);
      return new Set(
        ofTrace
          .filter(({ name }) => name.startsWith('sql SELECT'))
          .map((span) => wayUp(span).map(({ service, name }) => `${service}: ${name}`))
          .map((way) => way.slice(1).join(' < ')),
      );
    };
    const expected = (name: string) =>
      shape === 'one process'
        ? `civitas: execute ${name} < civitas: fetch ${name} < civitas: query other`
        : `${name}: execute ${name} < ${name}: POST ${name} < gateway: fetch ${name} < gateway: query Town`;
    await expect
      .poll(ways, { timeout: 15_000 })
      .toEqual(new Set(subgraphNames.map((name) => expected(name))));
    const told = JSON.stringify(spans.map(({ name, attributes }) => [name, attributes]));
    expect(told).toMatch(/SELECT .*\$1/);
    const said = [DEMO_PASSWORD, token, '@demo.civitas.example', '127.0.0.1', 'usr_'];
    for (const each of [...said, person?.displayName ?? '', person?.handle ?? '']) {
      expect(told).not.toContain(each);
    }
  });

  test('a file of megabytes becomes a subject for who says who they are, and for nobody else', async () => {
    const token = await graph.signIn(graph.world.people[0]?.handle ?? '');
    const text = (topic: number) => `${topic} `.padEnd(190_000, 'Bees fly. ');
    const topics = (count: number) => Array.from({ length: count }, (_, n) => n);
    const markdown = topics(6)
      .map((n) => `# Topic ${n}\n\n${text(n)}\n`)
      .join('\n');
    const outlines = topics(13).map((n) => `<outline text="Topic ${n}" _note="${text(n)}"/>`);
    const opml = `<opml version="2.0"><head><title>Bees</title></head><body>${outlines.join('')}</body></opml>`;
    const ask = (query: string, input: object, more: Record<string, string> = {}) =>
      fetch(graph.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify({ query, variables: { input } }),
      });
    const shown = 'subject { topicCount } } ... on ImportRefused { reason } } }';
    const ofText = `mutation ($input: ImportSubjectInput!) {
      result: importSubject(input: $input) { ... on ImportSubjectSuccess { ${shown}`;
    const ofFile = `mutation ($input: ImportSubjectFileInput!) {
      result: importSubjectFile(input: $input) { ... on ImportSubjectFileSuccess { ${shown}`;
    const fileOf = (content: string) => ({
      file: Buffer.from(content).toString('base64'),
      fileName: 'bees.opml',
    });
    const me = { authorization: `Bearer ${token}` };
    const imported = async (query: string, input: object) =>
      ((await (await ask(query, input, me)).json()) as Imported).data.result;
    const subjectOf = (topicCount: number) => ({ subject: { topicCount } });
    expect(await imported(ofText, { markdown, title: 'Bees' })).toEqual(subjectOf(6));
    expect(await imported(ofFile, fileOf(opml))).toEqual(subjectOf(13));
    expect(await imported(ofFile, fileOf(opml.padEnd(5.5 * 2 ** 20)))).toEqual({
      reason: 'TOO_LARGE',
    });
    const refused = async (answer: Promise<Response>) => {
      const response = await answer;
      const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
      return [response.status, errors[0].extensions.code];
    };
    const tooLarge = [413, 'PAYLOAD_TOO_LARGE'];
    expect(await refused(ask(ofText, { markdown }))).toEqual(tooLarge);
    expect(await refused(ask(ofFile, fileOf(opml)))).toEqual(tooLarge);
    expect(await refused(ask(ofFile, fileOf(opml), { authorization: 'Bearer x.y.z' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(await refused(ask(ofFile, fileOf(opml.padEnd(7 * 2 ** 20)), me))).toEqual(tooLarge);
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

  describe('what the gateway remembers is fresh', () => {
    /** As a client asks that may keep answers: its headers say whether they may be kept. */
    async function get(query: string, variables: object, token?: string) {
      const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
      const answer = await fetch(`${graph.url}?${search}`, {
        headers: {
          accept: 'application/graphql-response+json',
          'x-civitas-preflight': '1',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      });
      const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
      expect(errors).toBeUndefined();
      return { data, kept: answer.headers.get('cache-control') };
    }

    test.each(Object.entries(CACHED_WRITES))(
      'after a write of %s',
      async (name, { changes, prepare }) => {
        const unique = `${Object.keys(CACHED_WRITES).indexOf(name)}-${shape.replace(' ', '-')}`;
        const { writer, mutation, input, read, variables } = await prepare(graph, unique);
        const before = await get(read, variables);
        expect(before.kept).toMatch(/^public, max-age=[1-9]/);
        const own = await get(read, variables, writer.token);
        expect(own.data).toEqual(before.data);

        const written = await graph.ask(mutation, { input }, writer.token);
        expect(written.errors).toBeUndefined();
        expect(Object.values(Object.values(written.data)[0] as object)).not.toEqual([]);
        const after = await get(read, variables, writer.token);
        const [was, is] = [valuesByPlace(before.data), valuesByPlace(after.data)];
        const unchanged = changes.filter(
          (place) => JSON.stringify(was.get(place)) === JSON.stringify(is.get(place)),
        );
        expect(unchanged).toEqual([]);
        // For others when the event has come.
        await expect
          .poll(async () => (await get(read, variables)).data, { timeout: 10_000, interval: 20 })
          .toEqual(after.data);
        expect((await get(read, variables)).kept).toMatch(/^public, max-age=[1-9]/);
      },
    );

    test('and never another person’s', async () => {
      const person = graph.world.ofKind('DONOR')[11];
      const token = await graph.signIn(person?.handle ?? '');
      const update = `mutation ($input: UpdateProfileInput!) {
        updateProfile(input: $input) { ... on UpdateProfileSuccess { user { id } } } }`;
      const input = { bio: 'For nobody else', visibility: { bio: 'ONLY_ME' } };
      await graph.ask(update, { input }, token);
      const read = 'query ($id: ID!) { user(id: $id) { id displayName bio } }';
      for (let times = 0; times < 2; times++) {
        const own = await get(read, { id: person?.id }, token);
        expect(own).toMatchObject({ data: { user: { bio: 'For nobody else' } }, kept: 'no-store' });
        const other = await get(read, { id: person?.id });
        expect(other).toMatchObject({ data: { user: { bio: null } }, kept: 'no-store' });
      }
    });
  });

  test('pictures of topics and of people go in and out by the gateway', async () => {
    const [person] = graph.world.ofKind('CIVILIAN');
    const token = await graph.signIn(person?.handle ?? '');
    const here = (address: string) => {
      const { pathname, search } = new URL(address);
      return new URL(pathname + search, graph.url).href;
    };
    const send = async (address: string) =>
      (await fetch(here(address), { method: 'PUT', body: PICTURE })).status;
    const mine =
      'query ($id: ID!) { user(id: $id) { subjects(first: 1) { edges { node { topics { id } } } } } }';
    const { data } = await graph.ask(mine, { id: person?.id }, token);
    const topicId = data.user.subjects.edges[0].node.topics[0].id;
    const ask = async (query: string, variables: object) =>
      (await graph.ask(query, variables, token)).data;
    const started = await ask(
      'mutation ($input: StartAttachmentUploadInput!) { startAttachmentUpload(input: $input) { ... on StartAttachmentUploadSuccess { upload { id url } } } }',
      { input: { topicId, name: 'dot.png', bytes: PICTURE.length } },
    );
    expect(await send(started.startAttachmentUpload.upload.url)).toBe(204);
    const { finishAttachmentUpload } = await ask(
      'mutation ($id: ID!) { finishAttachmentUpload(input: { uploadId: $id }) { ... on FinishAttachmentUploadSuccess { attachment { url uploadedBy { displayName } } } } }',
      { id: started.startAttachmentUpload.upload.id },
    );
    const { url, uploadedBy } = finishAttachmentUpload.attachment;
    expect(uploadedBy.displayName).toBe(person?.displayName);
    const shown = await fetch(here(url));
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await shown.arrayBuffer()).byteLength).toBeGreaterThan(50);
    const { startAvatarUpload } = await ask(
      'mutation ($bytes: Int!) { startAvatarUpload(input: { bytes: $bytes }) { ... on StartAvatarUploadSuccess { upload { id url } } } }',
      { bytes: PICTURE.length },
    );
    expect(await send(startAvatarUpload.upload.url)).toBe(204);
    const { finishAvatarUpload } = await ask(
      'mutation ($id: String!) { finishAvatarUpload(input: { uploadId: $id }) { ... on FinishAvatarUploadSuccess { user { avatar } } } }',
      { id: startAvatarUpload.upload.id },
    );
    const avatar = await fetch(here(finishAvatarUpload.user.avatar));
    expect([avatar.status, avatar.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(avatar.headers.get('cache-control')).toContain('public');
    await avatar.arrayBuffer();
  });

  test('the graph says that it is live and ready', async () => {
    expect((await fetch(new URL('/health/live', graph.url))).status).toBe(200);
    expect((await fetch(new URL('/health/ready', graph.url))).status).toBe(200);
  });
});

test('every place that the gateway may remember has a write that shows it fresh, or never changes', async () => {
  const supergraph = readFileSync(
    new URL('../../../../supergraph.graphql', import.meta.url),
    'utf8',
  );
  const places = [...cachedPlaces(supergraph)];
  expect(places.length).toBeGreaterThan(50);
  const written = new Set(Object.values(CACHED_WRITES).flatMap(({ changes }) => changes));
  const unknown = places.filter((place) => !NEVER_CHANGED.includes(place) && !written.has(place));
  expect(unknown.sort()).toEqual([]);
  const gone = [...NEVER_CHANGED, ...written].filter((place) => !places.includes(place));
  expect(gone).toEqual([]);
});
