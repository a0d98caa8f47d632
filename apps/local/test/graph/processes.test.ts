import { readFileSync } from 'node:fs';
import { signInternalToken } from '@civitas/platform/subgraph';
import { afterAll, describe, expect, test } from 'vitest';
import { subgraphNames } from '../../src/subgraph-names.ts';
import { rowsWith } from '../set-up/rows-with.ts';
import { crashesOf, filesWith, forgetKept, isListenedTo, keysWith } from './processes/crashes.ts';
import { followImport } from './processes/follow-import.ts';
import { INTERNAL_SECRET, useGraph } from './use-graph.ts';

const TOWN = readFileSync(new URL('../../../../operations/town.graphql', import.meta.url), 'utf8');
const graph = useGraph('many processes');
const crashes = crashesOf(graph);
afterAll(() => crashes.stop());
const viewer = {
  type: 'user',
  id: 'usr_01h455vb4pex5vsknk084sn02q',
  kind: 'CIVILIAN',
  roles: ['ADMINISTRATOR'],
  scopes: [],
  sessionId: 'ses_01h455vb4pex5vsknk084sn02q',
} as const;

async function direct(name: (typeof subgraphNames)[number], query: string, token?: string) {
  const url = graph.processes?.subgraphs[name].url ?? '';
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { 'x-civitas-viewer': token }),
    },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, text: await response.text() };
}

describe.each(subgraphNames)('%s, called directly', (name) => {
  test.each([
    '{ __typename }',
    '{ _service { sdl } }',
    '{ _entities(representations: []) { __typename } }',
  ])('refuses %s without the signature of the gateway', async (query) => {
    const { status, text } = await direct(name, query);
    expect(status).toBe(401);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('INTERNAL_CALLER_REQUIRED');
    expect(text).not.toContain('data');
  });

  test('refuses a signature with another key, for another subgraph, or for another body', async () => {
    const query = '{ __typename }';
    const body = JSON.stringify({ query });
    const claims = { viewer, requestId: 'r', audience: name, body };
    for (const token of [
      await signInternalToken(claims, 'x'.repeat(32)),
      await signInternalToken({ ...claims, audience: 'another' }, INTERNAL_SECRET),
      await signInternalToken({ ...claims, body: `${body} ` }, INTERNAL_SECRET),
    ]) {
      expect((await direct(name, query, token)).status).toBe(401);
    }
    const signed = await signInternalToken(claims, INTERNAL_SECRET);
    expect((await direct(name, query, signed)).status).toBe(200);
  });
});

test('headers of a client that look like ours reach no subgraph', async () => {
  const body = JSON.stringify({ query: '{ me { id } }' });
  const forged = await signInternalToken(
    { viewer, requestId: 'r', audience: 'identity', body },
    INTERNAL_SECRET,
  );
  const response = await fetch(graph.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-civitas-viewer': forged },
    body,
  });
  expect(await response.json()).toEqual({ data: { me: null } });
});

const PASSWORD = 'correct horse battery staple';
const WAIT = { timeout: 60_000, interval: 100 };

/** A merchant who has just registered, with this word in all that they say of themselves. */
async function newcomer(word: string) {
  const handle = `${word.toLowerCase()}-walks`;
  const email = `${handle}@example.org`;
  const profile = { merchant: { tradeName: word, category: word } };
  const register = `mutation ($input: RegisterInput!) {
    register(input: $input) { ... on RegistrationStarted { registrationToken } } }`;
  const confirm = `mutation ($input: ConfirmRegistrationInput!) { confirmRegistration(input: $input) {
    ... on RegisterSuccess { user { id } session { accessToken } } } }`;
  const input = { email, handle, displayName: word, profile, deviceName: word, password: PASSWORD };
  const { registrationToken } = (await graph.ask(register, { input })).data.register;
  const code = await graph.mailedCode(email);
  const { data } = await graph.ask(confirm, { input: { registrationToken, code } });
  const { user, session } = data.confirmRegistration;
  const does = async (field: string, shape: string, values: object) => {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) {
      result: ${field}(input: $input) { ... on ${type}Success { ${shape} } } }`;
    return (await graph.ask(query, { input: values }, session.accessToken)).data.result;
  };
  const wishes = async (field: 'requestDataExport' | 'requestErasure') => {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}`;
    const query = `mutation ($input: OwnerProofInput!) {
      result: ${field}(input: $input) { ... on ${type}Success { request { id } } } }`;
    const variables = { input: { password: PASSWORD } };
    return (await graph.ask(query, variables, session.accessToken)).data.result.request.id;
  };
  return { id: user.id as string, email, token: session.accessToken as string, does, wishes };
}

const IMPORT = `mutation ($input: ImportSubjectFileInput!) { importSubjectFile(input: $input) {
  ... on ImportSubjectFileSuccess { subject { title } } } }`;
const importId = 'an-import-in-a-crash';
let following: ReturnType<typeof followImport>;

test('an import whose server is killed leaves nothing behind, says so, and can be done again', async () => {
  const { token } = await newcomer('Quillon');
  following = followImport(graph, importId, token);
  await expect.poll(() => isListenedTo(graph, importId), WAIT).toBe(true);
  const release = await graph.databases.lock('content', 'topic');
  const title = 'What Quillon knows of bees';
  const file = Buffer.from(`# ${title}\n\n## Wax`).toString('base64');
  const input = { fileName: 'Bees.md', file };
  const asked = graph.ask(IMPORT, { input: { ...input, importId } }, token);
  await expect.poll(() => following.told, WAIT).toEqual(['READING']);
  await crashes.kill('content');
  const { data, errors } = await asked;
  expect(data).toEqual({ importSubjectFile: null });
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['SUBGRAPH_UNAVAILABLE']);
  await release();
  // It would be kept for twenty seconds.
  forgetKept(graph, importId);
  await crashes.revive('content');
  const again = async () => (await graph.ask(IMPORT, { input }, token)).data?.importSubjectFile;
  await expect.poll(again, WAIT).toEqual({ subject: { title } });
  const { sql } = graph.databases;
  expect(await sql('content', 'SELECT 1 FROM subject WHERE title = $1', [title])).toHaveLength(1);
});

test('an erasure goes on where processes died, and leaves no trace in rows, files and streams', async () => {
  const word = 'Zephyrine';
  const { sql } = graph.databases;
  const person = await newcomer(word);
  const wallets = () => sql('finance', 'SELECT 1 FROM account WHERE owner_id = $1', [person.id]);
  await expect.poll(wallets, WAIT).toHaveLength(1);
  const { subject } = await person.does('createSubject', 'subject { id }', {
    ...{ title: word, visibility: 'PUBLIC' },
  });
  const written = { subjectId: subject.id, title: word, markdown: `${word} wrote this.` };
  const { topic } = await person.does('addTopic', 'topic { id }', written);
  await person.does('saveTopicRevision', '__typename', { topicId: topic.id, name: word });
  const price = { amountMinor: '500', currency: 'EUR' };
  const soap = { title: word, description: word, price, category: 'OTHER' };
  await person.does('publishListing', '__typename', soap);
  const stage = async (id: string) =>
    (await sql('identity', 'SELECT stage FROM data_request WHERE id = $1', [id]))[0].stage;
  const exported = await person.wishes('requestDataExport');
  await expect.poll(() => stage(exported), WAIT).toBe('COMPLETED');
  await expect.poll(() => filesWith(graph, word), WAIT).not.toEqual([]);
  expect(keysWith(graph, word)).not.toEqual([]);

  // Identity dies with the request committed, content before it hears of it, communities any time.
  await crashes.kill('content');
  const erasure = await person.wishes('requestErasure');
  await Promise.all([crashes.kill('identity'), crashes.kill('communities')]);
  await crashes.revive('identity');
  await expect.poll(() => stage(erasure), WAIT).toBe('ERASING');
  await Promise.all([crashes.revive('content'), crashes.revive('communities')]);
  const answered = (attempt: number) =>
    sql('identity', 'SELECT 1 FROM data_request_part WHERE request_id = $1 AND attempt = $2', [
      ...[erasure, attempt],
    ]);
  await expect.poll(() => answered(1), WAIT).toHaveLength(5);

  // It dies again before the second pass, which is due when it is back.
  await crashes.kill('identity');
  await sql('identity', 'UPDATE data_request SET due_at = now() WHERE id = $1', [erasure]);
  await crashes.revive('identity');
  await expect.poll(() => stage(erasure), WAIT).toBe('COMPLETED');

  const tables = (await rowsWith(graph.databases, word)).map((row) => row.replace(/:.*/s, ''));
  expect(tables).toEqual(['identity.former_handle']);
  expect(await rowsWith(graph.databases, person.email)).toEqual([]);
  await expect.poll(() => filesWith(graph, word), WAIT).toEqual([]);
  await expect.poll(() => keysWith(graph, word), WAIT).toEqual([]);
}, 180_000);

// It takes ten seconds to know that nobody is at the import any more, and its server was killed again
// meanwhile: so the test stands here.
test('who followed that import is told once that it failed', async () => {
  await following.ended;
  expect(following.told).toEqual(['READING', 'FAILED']);
});

// Last in this file: it ends a process that the tests above need.
test('with one subgraph killed the others still answer, and the gap has a code', async () => {
  const first = (kind: 'CIVILIAN' | 'FAMILY' | 'MERCHANT') => graph.world.ofKind(kind)[0]?.id;
  const variables = {
    civilian: first('CIVILIAN'),
    family: first('FAMILY'),
    merchant: first('MERCHANT'),
  };
  const finance = graph.processes?.subgraphs.finance;
  process.kill(finance?.pid ?? 0, 'SIGKILL');
  await finance?.ended;
  const { status, data, errors } = await graph.ask(TOWN, variables);
  expect(status).toBe(200);
  expect(data.family).toMatchObject({ displayName: expect.any(String), donationsReceived: null });
  expect(data.civilian.subjects.edges.length).toBeGreaterThan(0);
  expect(data.merchant.goodsSold.units).toBeGreaterThan(0);
  expect(errors?.map(({ extensions }) => extensions.code)).toContain('SUBGRAPH_UNAVAILABLE');
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|finance/);
  expect((await fetch(new URL('/health/ready', graph.url))).status).toBe(200);
  const subgraphs = await fetch(new URL('/health/subgraphs', graph.url));
  expect(await subgraphs.json()).toMatchObject({ subgraphs: { finance: 'down', content: 'up' } });
});
