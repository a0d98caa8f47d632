import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { startOpenidProvider } from '@civitas/identity/testing';
import { editTopic } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ProcessGraph } from '../../src/processes/process-graph.ts';
import type { ServiceProcess } from '../../src/processes/service-process.ts';
import { browserEditingTests } from './live/browser-editing.ts';
import { browserSessionTests } from './live/browser-sessions.ts';
import { providerSignInTests } from './live/provider-sign-in.ts';
import { savedContentTests } from './saved/content/index.ts';
import { savedIdentityTests } from './saved/identity/index.ts';
import { savedTradeTests } from './saved/trade.ts';
import { RETURN_URL, shapes, useGraph } from './use-graph.ts';

const CREATE = /* GraphQL */ `
  mutation ($input: CreateSubjectInput!) {
    createSubject(input: $input) { ... on CreateSubjectSuccess { subject { id } } }
  }
`;
const ADD = /* GraphQL */ `
  mutation ($input: AddTopicInput!) {
    addTopic(input: $input) { ... on AddTopicSuccess { topic { id } } }
  }
`;

const SUBJECT_OF = 'query ($id: ID!) { topic(id: $id) { subject { id } } }';
const INVITE =
  'mutation ($input: InviteToSubjectInput!) { inviteToSubject(input: $input) { __typename } }';
const ACCEPT =
  'mutation ($input: AnswerSubjectInvitationInput!) { answerSubjectInvitation(input: $input) { __typename } }';
const REMOVE =
  'mutation ($input: RemoveSubjectCollaboratorInput!) { removeSubjectCollaborator(input: $input) { __typename } }';
const PERSON_TO_INVITE = new URL(
  '../../../../operations/content/person-to-invite.graphql',
  import.meta.url,
);
const RENAME = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
`;

const RECORD = /* GraphQL */ `
  mutation ($input: RecordEncounterInput!) {
    recordEncounter(input: $input) { __typename }
  }
`;
const ASK = /* GraphQL */ `
  mutation ($input: RequestVerificationInput!) {
    requestVerification(input: $input) { ... on RequestVerificationSuccess { request { id } } }
  }
`;
const DECIDE = /* GraphQL */ `
  mutation ($input: DecideVerificationInput!) {
    decideVerification(input: $input) { ... on DecideVerificationSuccess { request { state } } }
  }
`;
const END = /* GraphQL */ `
  mutation ($input: EndVerificationInput!) {
    endVerification(input: $input) { __typename }
  }
`;

const GRANT = /* GraphQL */ `
  mutation ($input: RoleInput!) {
    grantRole(input: $input) { ... on RoleChange { roles } }
  }
`;

// Where people reach the gateway of either shape; the second has a port of its own choice.
const provider = await startOpenidProvider(
  ...['4000', '0'].map((port) => `http://localhost:${port}/signin/testid/callback`),
);
afterAll(() => provider.stop());

describe.each(shapes)('in %s', (shape) => {
  const graph = useGraph(shape, { providers: [provider.config] });

  /** A topic that everybody may read and this person may edit. */
  async function addTopic(token: string): Promise<string> {
    const subject = await graph.ask(
      CREATE,
      { input: { title: 'Live', visibility: 'PUBLIC' } },
      token,
    );
    const subjectId = subject.data.createSubject.subject.id;
    const input = { subjectId, title: 'Bees', markdown: 'Bees' };
    const topicId = (await graph.ask(ADD, { input }, token)).data.addTopic.topic.id;

    return topicId;
  }

  function edit(
    topicId: string,
    connectionParams: Record<string, unknown> = {},
    onRefused?: (reason: { readonly code: string }) => void,
  ) {
    const url = graph.url.replace(/^http/, 'ws');
    const retryWait = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryWait });
    const topic = editTopic({ client, topicId, ...(onRefused && { onRefused }) });
    onTestFinished(async () => {
      topic.close();
      await client.dispose();
    });
    return topic;
  }

  async function subjectOf(topicId: string): Promise<string> {
    const { data } = await graph.ask('query ($id: ID!) { topic(id: $id) { subject { id } } }', {
      id: topicId,
    });
    return data.topic.subject.id;
  }

  /** Follows what happens to a subject, and can make something happen: it renames this topic. */
  function follow(subjectId: string, topicId: string, token: string) {
    const url = graph.url.replace(/^http/, 'ws');
    const retryWait = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryWait,
      retryAttempts: 1_000,
      // Also while nothing listens there.
      shouldRetry: () => true,
    });
    onTestFinished(async () => client.dispose());
    let kinds: string[] = [];
    const names = new Set<string | undefined>();
    const query =
      'subscription ($id: ID!) { subjectChanged(subjectId: $id) { kind by { displayName } } }';
    client.subscribe<{ subjectChanged: { kind: string; by: { displayName: string } | null } }>(
      { query, variables: { id: subjectId } },
      {
        next: ({ data }) => {
          kinds.push(data?.subjectChanged.kind ?? 'error');
          names.add(data?.subjectChanged.by?.displayName);
        },
        error: () => void kinds.push('closed'),
        complete: () => void kinds.push('complete'),
      },
    );
    const waitsFor = async (kind: string) => {
      await expect.poll(() => kinds, { timeout: 30_000, interval: 100 }).toContain(kind);
      expect(kinds).not.toContain('closed');
      kinds = [];
    };
    let times = 0;
    return {
      waitsFor,
      /** Of those who did what was heard. */
      names,
      hears: async (kind: string) => {
        // Until the subscription is open: nobody is told when that is.
        await expect
          .poll(
            async () => {
              times += 1;
              await graph.ask(RENAME, { input: { topicId, title: `Bees ${times}` } }, token);
              return kinds;
            },
            { timeout: 30_000, interval: 100 },
          )
          .toContain(kind);
        kinds = [];
      },
    };
  }

  browserSessionTests(graph);
  providerSignInTests(graph, provider);
  // What is sent is the same in either shape; here it takes the longer way.
  if (shape === 'many processes') {
    browserEditingTests(graph, addTopic);
    savedContentTests(graph);
    savedTradeTests(graph);
  } else {
    savedIdentityTests(graph, provider);
  }

  test('providers that the environment names can be signed in with, and only for listed apps', async () => {
    const { data } = await graph.ask('{ signInProviders { id name url } }');
    expect(data.signInProviders).toEqual([
      { id: 'away', name: 'Away', url: expect.stringMatching(/\/signin\/away$/) },
      { id: 'testid', name: 'TestID', url: expect.stringMatching(/\/signin\/testid$/) },
    ]);
    const begin = (returnTo: string) => {
      const query = new URLSearchParams({ return_to: returnTo, code_challenge: 'c'.repeat(43) });
      return fetch(new URL(`/signin/away?${query}`, graph.url), { redirect: 'manual' });
    };
    const back = await begin(RETURN_URL);
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe(`${RETURN_URL}?error=provider_unavailable`);
    expect((await begin('https://evil.example/')).status).toBe(400);
  });

  test('two editors and a reader meet in one text, through the gateway', async () => {
    const token = await graph.signIn(graph.world.people[0]?.handle ?? '');
    const topicId = await addTopic(token);
    const editors = [1, 2].map(() => edit(topicId, { authorization: `Bearer ${token}` }));
    const reader = edit(topicId);
    await Promise.all(editors.map((topic) => topic.saved()));
    editors[0]?.text.insert(0, 'Wild ');
    editors[1]?.text.insert(4, ' sting');
    await Promise.all(editors.map((topic) => topic.saved()));
    for (const topic of [...editors, reader]) {
      await expect.poll(() => topic.text.toString()).toBe('Wild Bees sting');
    }
    // Presence goes the same way, in the name that the server knows, and goes when its client does.
    const [gone, stays] = editors.map(({ doc }) => doc.clientID);
    const seen = () => {
      const { [reader.doc.clientID]: _, ...others } = Object.fromEntries(
        reader.awareness.getStates(),
      );
      return others;
    };
    const user = { id: graph.world.people[0]?.id, name: 'Bee' };
    editors[0]?.awareness.setLocalState({ cursor: 3, user: { ...user, id: 'somebody else' } });
    editors[1]?.awareness.setLocalState({ cursor: 5 });
    const other = { cursor: 5, user: { id: user.id } };
    await expect
      .poll(seen, { timeout: 5_000 })
      .toEqual({ [String(gone)]: { cursor: 3, user }, [String(stays)]: other });
    editors[0]?.close();
    await expect.poll(seen, { timeout: 5_000 }).toEqual({ [String(stays)]: other });
  });

  test('who follows a subject is told who changed it, by the name that identity has', async () => {
    const [person] = graph.world.people;
    const token = await graph.signIn(person?.handle ?? '');
    const topicId = await addTopic(token);
    const followed = follow(await subjectOf(topicId), topicId, token);
    await followed.hears('TOPIC_RENAMED');
    expect(followed.names).toEqual(new Set([person?.displayName]));
  });

  test('an editor who was invited by handle and is removed is shown the door within five seconds, and told why', async () => {
    const [owner, helper] = graph.world.people.slice(7);
    const rights = await graph.signIn(owner?.handle ?? '');
    const token = await graph.signIn(helper?.handle ?? '');
    const topicId = await addTopic(rights);
    const { data } = await graph.ask(SUBJECT_OF, { id: topicId }, rights);
    // Whom the owner types is found by the handle they have, or had within the year.
    await sql(
      `INSERT INTO former_handle (handle, user_id, until) VALUES ('once-a-beekeeper', $1, now() + interval '1 day')
       ON CONFLICT DO NOTHING`,
      helper?.id,
    );
    const personBy = await readFile(PERSON_TO_INVITE, 'utf8');
    const found = async (handle: string) => (await graph.ask(personBy, { handle }, rights)).data;
    const [known, former] = [await found(helper?.handle ?? ''), await found(' Once-A-Beekeeper ')];
    expect(former).toEqual(known);
    expect(known.userByHandle).toMatchObject({ id: helper?.id, handle: helper?.handle });
    for (const nobody of ['nobody-at-all', '', '\u0000', 'x'.repeat(10_000)]) {
      expect(await found(nobody)).toEqual({ userByHandle: null });
    }
    const person = { subjectId: data.topic.subject.id, userId: known.userByHandle.id };
    await graph.ask(INVITE, { input: { ...person, role: 'EDITOR' } }, rights);
    await graph.ask(ACCEPT, { input: { subjectId: person.subjectId, accept: true } }, token);
    const ended = Promise.withResolvers<string>();
    const params = { authorization: `Bearer ${token}` };
    const editor = edit(topicId, params, ({ code }) => ended.resolve(code));
    editor.text.insert(0, 'Wild ');
    await editor.saved();
    await graph.ask(REMOVE, { input: person }, rights);
    const removedAt = performance.now();
    expect(await ended.promise).toBe('ACCESS_LOST');
    expect(performance.now() - removedAt).toBeLessThan(5_000);
  });

  async function sql(text: string, id: string | undefined) {
    const database = new pg.Client({ connectionString: graph.databaseUrls.identity });
    await database.connect();
    await database.query(text, [id]).finally(() => database.end());
  }

  async function openAs(token: string) {
    const socket = new WebSocket(graph.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const payload = { authorization: `Bearer ${token}` };
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    const [first] = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    return { first: String(first), closed: once(socket, 'close').then(([code]) => code) };
  }

  test('a policy follows the verification at once, with the token that was there before', async () => {
    const [administrator] = graph.world.people.slice(5);
    const officer = graph.world.ofKind('OFFICER')[9];
    await sql(`UPDATE "user" SET roles = '{ADMINISTRATOR}' WHERE id = $1`, administrator?.id);
    await sql(`UPDATE "user" SET verified = false WHERE id = $1`, officer?.id);
    await sql(`DELETE FROM verification_request WHERE user_id = $1`, officer?.id);
    const rights = await graph.signIn(administrator?.handle ?? '');
    const token = await graph.signIn(officer?.handle ?? '');
    const input = {
      civilianId: graph.world.ofKind('CIVILIAN')[3]?.id,
      kind: 'PATROL',
      occurredAt: new Date().toISOString(),
    };
    const outcome = async () => {
      const { data, errors } = await graph.ask(RECORD, { input }, token);
      return errors?.[0].extensions.code ?? data.recordEncounter.__typename;
    };
    expect(await outcome()).toBe('FORBIDDEN');
    const asked = await graph.ask(ASK, { input: { evidence: 'A badge' } }, token);
    const decide = { requestId: asked.data.requestVerification.request.id, approve: true };
    // The officer cannot decide for themselves.
    const own = await graph.ask(DECIDE, { input: decide }, token);
    expect(own.errors?.[0].extensions.code).toBe('FORBIDDEN');
    const open = await openAs(token);
    const decided = await graph.ask(DECIDE, { input: decide }, rights);
    expect(decided.data.decideVerification.request.state).toBe('APPROVED');
    expect(await open.closed).toBe(4403);
    expect(await outcome()).toBe('RecordEncounterSuccess');
    const again = await openAs(token);
    const end = { userId: officer?.id, reason: 'Left' };
    await graph.ask(END, { input: end }, rights);
    expect(await again.closed).toBe(4403);
    expect(await outcome()).toBe('FORBIDDEN');
  });

  test('whoever loses a role or signs out is shown the door at once, on every connection', async () => {
    const [administrator, person] = graph.world.people.slice(1);
    await sql(`UPDATE "user" SET roles = '{ADMINISTRATOR}' WHERE id = $1`, administrator?.id);
    const rights = await graph.signIn(administrator?.handle ?? '');
    const token = await graph.signIn(person?.handle ?? '');
    const open = () => openAs(token);
    const before = await open();
    expect(before.first).toBe('{"type":"connection_ack"}');
    const input = { userId: person?.id, role: 'MODERATOR' };
    const granted = await graph.ask(GRANT, { input }, rights);
    expect(granted.data.grantRole.roles).toEqual(['MODERATOR']);
    expect(await before.closed).toBe(4403);
    const after = await open();
    expect(after.first).toBe('{"type":"connection_ack"}');
    await graph.ask('mutation { signOut { __typename } }', {}, token);
    expect(await after.closed).toBe(4403);
    expect((await open()).first).toBe('4401');
  });

  // In one process there is nothing that could be killed and the rest be left.
  const revived: ServiceProcess[] = [];
  afterAll(() => Promise.all(revived.map((service) => service.stop())));
  const killable = shape === 'many processes' ? (['gateway', 'content'] as const) : [];

  test.each(killable)(
    'a hundred and fifty readers come back and miss nothing when %s is killed',
    { timeout: 120_000 },
    async (name) => {
      const token = await graph.signIn(graph.world.people[0]?.handle ?? '');
      const topicId = await addTopic(token);
      const writer = edit(topicId, { authorization: `Bearer ${token}` });
      const followed = follow(await subjectOf(topicId), topicId, token);
      await followed.hears('TOPIC_RENAMED');
      const readers = Array.from({ length: 150 }, () => edit(topicId));
      const readersWith = (text: string) =>
        readers.filter((reader) => reader.text.toString() === text).length;
      const patience = { timeout: 60_000, interval: 100 };
      await expect.poll(() => readersWith('Bees'), patience).toBe(readers.length);
      const { gateway, subgraphs } = graph.processes as ProcessGraph;
      const service = name === 'gateway' ? gateway : subgraphs[name];
      process.kill(service.pid, 'SIGKILL');
      await service.ended;
      // Typed while it cannot be reached.
      writer.text.insert(4, ' sting');
      revived.push(await service.again());
      await writer.saved();
      await expect.poll(() => readersWith('Bees sting'), patience).toBe(readers.length);
      // The gateway goes on with what it lost; a client that lost the gateway subscribes again.
      if (name === 'content') await followed.waitsFor('READ_TREE');
      await followed.hears('TOPIC_RENAMED');
    },
  );
});
