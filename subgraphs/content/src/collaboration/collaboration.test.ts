import { randomUUID } from 'node:crypto';
import {
  isStream,
  subscribeOnSubgraph,
  type UserViewer,
  type Viewer,
} from '@civitas/platform/subgraph';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const STEPS = {
  inviteToSubject: 'collaborator { role acceptedAt byLink user { id } }',
  answerSubjectInvitation: 'subject { id }',
  removeSubjectCollaborator: 'subject { id }',
  createSubjectShareLink: 'token link { id role expiresAt }',
  revokeSubjectShareLink: 'subject { shareLinks { id } }',
  redeemSubjectShareLink: 'subject { id title myRole }',
  saveSubject: 'subject { id }',
  updateTopic: 'topic { title }',
  updateSubject: 'subject { title visibility }',
};
const SUBJECT = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) {
      title myRole topics { title } shareLinks { role }
      collaborators { role byLink acceptedAt user { id } }
    }
  }
`;
const SHARED = /* GraphQL */ `
  query ($token: String!) {
    sharedSubject(token: $token) { title myRole topics { title markdown subject { title } } }
  }
`;
const SHARED_WITH = /* GraphQL */ `
  query ($r: [_Any!]!) {
    _entities(representations: $r) {
      ... on User {
        sharedSubjects { edges { node { id } } }
        savedSubjects { edges { node { id } } }
      }
    }
  }
`;
const self = ({ id }: UserViewer) => ({ r: [{ __typename: 'User', id }] });
const PUSH = /* GraphQL */ `
  mutation ($input: PushTopicUpdateInput!) {
    pushTopicUpdate(input: $input) { __typename ... on UserError { code } }
  }
`;
const EDITS = /* GraphQL */ `
  subscription ($topicId: ID!) { topicEdits(topicId: $topicId, clientId: 5) { seq ended } }
`;

async function run(viewer: UserViewer, name: keyof typeof STEPS, input: Record<string, unknown>) {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const inputType = name === 'saveSubject' ? 'SubjectReactionInput' : `${type}Input`;
  const document = `mutation ($input: ${inputType}!) { ${name}(input: $input) {
    ... on ${type}Success { ${STEPS[name]} } ... on UserError { code path } } }`;
  const answer = await content.as(viewer).execute(document, { input });
  if (answer.errors) return { code: answer.errors[0]?.extensions?.['code'] };
  return answer.data[name];
}

async function privateSubject() {
  const owner = content.somebody();
  const subjectId = await content.subject(owner, { visibility: 'PRIVATE' });
  const topic = await content.topic(owner, subjectId, 'Secret', { markdown: 'the text' });
  const read = async (viewer?: UserViewer) =>
    (await content.as(viewer).run(SUBJECT, { id: subjectId })).subject;
  const join = async (role: string) => {
    const person = content.somebody();
    await run(owner, 'inviteToSubject', { subjectId, userId: person.id, role });
    await run(person, 'answerSubjectInvitation', { subjectId, accept: true });
    return person;
  };
  return { owner, subjectId, topicId: topic.id, read, join };
}

test('an invitation gives nothing until it is accepted, and then its role', async () => {
  const { owner, subjectId, topicId, read } = await privateSubject();
  const friend = content.somebody();
  const invited = await run(owner, 'inviteToSubject', {
    subjectId,
    userId: friend.id,
    role: 'COMMENTER',
  });
  expect(invited.collaborator).toMatchObject({ acceptedAt: null, user: { id: friend.id } });
  expect(await read(friend)).toBeNull();
  const me = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
    subjectInvitations { subjectId subjectTitle role invitedBy { id } }
    sharedSubjects { edges { role node { id } } } } } }`;
  const self = { r: [{ __typename: 'User', id: friend.id }] };
  const before = await content.as(friend).run(me, self);
  expect(before._entities[0].subjectInvitations).toEqual([
    { subjectId, subjectTitle: 'Beekeeping', role: 'COMMENTER', invitedBy: { id: owner.id } },
  ]);
  await run(friend, 'answerSubjectInvitation', { subjectId, accept: true });
  expect(await read(friend)).toMatchObject({
    myRole: 'COMMENTER',
    topics: [{ title: 'Secret' }],
    shareLinks: null,
    collaborators: [{ role: 'COMMENTER', byLink: false }],
  });
  const after = await content.as(friend).run(me, self);
  expect(after._entities[0]).toEqual({
    subjectInvitations: [],
    sharedSubjects: { edges: [{ role: 'COMMENTER', node: { id: subjectId } }] },
  });
  expect(await content.as(owner).codes(me, self)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await run(friend, 'updateTopic', { topicId, title: 'X' })).toEqual({ code: 'FORBIDDEN' });
  for (const accept of [true, false]) {
    expect(await run(friend, 'answerSubjectInvitation', { subjectId, accept })).toMatchObject({
      code: 'SUBJECT_INVITATION_NOT_FOUND',
    });
  }
  expect(await read(friend)).toMatchObject({ myRole: 'COMMENTER' });
});

test('a subject has 20 links that hold at most, and its author needs none', async () => {
  const { owner, subjectId, read } = await privateSubject();
  const link = () => run(owner, 'createSubjectShareLink', { subjectId, role: 'VIEWER' });
  const first = await link();
  for (let n = 1; n < 20; n += 1) await link();
  expect(await link()).toMatchObject({ code: 'SUBJECT_SHARE_LINKS_FULL' });
  expect(await run(owner, 'redeemSubjectShareLink', { token: first.token })).toMatchObject({
    subject: { myRole: 'OWNER' },
  });
  expect(await read(owner)).toMatchObject({ collaborators: [] });
  await run(owner, 'revokeSubjectShareLink', { linkId: first.link.id });
  expect(await link()).toHaveProperty('token');
});

test('a subject has 200 collaborators at most, also when many are invited or come by a link at once', async () => {
  const { owner, subjectId, read, join } = await privateSubject();
  // Not the author, whose role is known: who holds a connection may not wait for another to learn it.
  const inviter = await join('OWNER');
  const client = new pg.Client({ connectionString: content.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(
    `INSERT INTO subject_member (subject_id, user_id, source, role, invited_by, created_at)
     SELECT $1, user_id, 'invitation', 'VIEWER', $2, now() FROM unnest($3::text[]) AS user_id`,
    [subjectId, owner.id, Array.from({ length: 197 }, () => content.somebody().id)],
  );
  const { token } = await run(owner, 'createSubjectShareLink', { subjectId, role: 'VIEWER' });
  // Until some of them wait for the subject: whoever counted before would go on with what they counted.
  await client.query('BEGIN');
  await client.query('SELECT id FROM subject WHERE id = $1 FOR UPDATE', [subjectId]);
  const late = Array.from({ length: 16 }, () => content.somebody());
  const answering = Promise.all(
    late.map((person, n) =>
      n % 2 === 0
        ? run(inviter, 'inviteToSubject', { subjectId, userId: person.id, role: 'VIEWER' })
        : run(person, 'redeemSubjectShareLink', { token }),
    ),
  );
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await vi.waitUntil(
    async () => {
      // Within a transaction it would be the same for ever.
      await client.query('SELECT pg_stat_clear_snapshot()');
      return (await client.query(waiting)).rows[0].n >= 4;
    },
    { timeout: 20_000 },
  );
  await client.query('COMMIT');
  const answers = await answering;
  expect(answers.map(({ code }) => code).filter(Boolean)).toEqual(
    Array.from({ length: 14 }, () => 'SUBJECT_COLLABORATORS_FULL'),
  );
  expect((await read(owner)).collaborators).toHaveLength(200);
  // Who is among them already gets another role.
  const [known] = (await read(owner)).collaborators;
  expect(
    await run(owner, 'inviteToSubject', { subjectId, userId: known.user.id, role: 'EDITOR' }),
  ).toMatchObject({ collaborator: { role: 'EDITOR' } });
});

test('each role allows what it says and no more', async () => {
  const { owner, subjectId, topicId, join } = await privateSubject();
  const editor = await join('EDITOR');
  const viewer = await join('VIEWER');
  const coOwner = await join('OWNER');
  const stranger = content.somebody();
  const rename = { topicId, title: 'Renamed' };
  expect(await run(editor, 'updateTopic', rename)).toEqual({ topic: { title: 'Renamed' } });
  expect(await run(viewer, 'updateTopic', rename)).toEqual({ code: 'FORBIDDEN' });
  expect(await run(stranger, 'updateTopic', rename)).toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  const show = { subjectId, visibility: 'UNLISTED' };
  expect(await run(editor, 'updateSubject', show)).toEqual({ code: 'FORBIDDEN' });
  const invite = { subjectId, userId: stranger.id, role: 'VIEWER' };
  expect(await run(editor, 'inviteToSubject', invite)).toEqual({ code: 'FORBIDDEN' });
  const link = { subjectId, role: 'VIEWER' };
  expect(await run(editor, 'createSubjectShareLink', link)).toEqual({ code: 'FORBIDDEN' });
  expect(await run(coOwner, 'inviteToSubject', { ...invite, userId: owner.id })).toMatchObject({
    code: 'INVALID_INPUT',
  });
  expect(await run(viewer, 'removeSubjectCollaborator', { subjectId, userId: editor.id })).toEqual({
    code: 'FORBIDDEN',
  });
  expect(await run(viewer, 'removeSubjectCollaborator', { subjectId, userId: viewer.id })).toEqual({
    subject: null,
  });
  expect(await run(coOwner, 'updateSubject', { ...show, title: 'Bees' })).toEqual({
    subject: { title: 'Bees', visibility: 'UNLISTED' },
  });
});

test('an unlisted subject is read by whoever knows its id and is in nobody’s list', async () => {
  const owner = content.somebody();
  const id = await content.subject(owner, { visibility: 'UNLISTED', title: `U ${randomUUID()}` });
  expect((await content.as().run(SUBJECT, { id })).subject).toMatchObject({ myRole: null });
  const lists = `query ($r: [_Any!]!) { subjects(first: 100) { edges { node { id } } }
    _entities(representations: $r) { ... on User { subjects { edges { node { id } } } } } }`;
  const r = [{ __typename: 'User', id: owner.id }];
  const seen = await content.as().run(lists, { r });
  expect(JSON.stringify(seen)).not.toContain(id);
  const own = await content.as(owner).run(lists, { r });
  expect(own._entities[0].subjects.edges).toEqual([{ node: { id } }]);
});

test('a share link shows the subject to whoever has it, until it is revoked', async () => {
  const { owner, subjectId, read } = await privateSubject();
  const { token, link } = await run(owner, 'createSubjectShareLink', { subjectId, role: 'EDITOR' });
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  const shown = await content.as().run(SHARED, { token });
  expect(shown.sharedSubject).toMatchObject({
    myRole: 'EDITOR',
    topics: [{ title: 'Secret', markdown: 'the text', subject: { title: 'Beekeeping' } }],
  });
  const friend = content.somebody();
  const redeemed = await Promise.all(
    [1, 2, 3].map(() => run(friend, 'redeemSubjectShareLink', { token })),
  );
  expect(redeemed.map(({ subject }) => subject.myRole)).toEqual(['EDITOR', 'EDITOR', 'EDITOR']);
  expect((await read(owner)).collaborators).toMatchObject([{ role: 'EDITOR', byLink: true }]);
  expect(await run(friend, 'revokeSubjectShareLink', { linkId: link.id })).toEqual({
    code: 'FORBIDDEN',
  });
  expect(await run(owner, 'revokeSubjectShareLink', { linkId: link.id })).toEqual({
    subject: { shareLinks: [] },
  });
  expect(await read(friend)).toBeNull();
  expect((await content.as().run(SHARED, { token })).sharedSubject).toBeNull();
  expect(await run(friend, 'redeemSubjectShareLink', { token })).toMatchObject({
    code: 'SUBJECT_SHARE_LINK_NOT_FOUND',
  });
});

test('a share link of the past, for owners, or with a guessed token is refused', async () => {
  const { owner, subjectId, read } = await privateSubject();
  const past = { subjectId, role: 'VIEWER', expiresAt: '2020-01-01T00:00:00Z' };
  expect(await run(owner, 'createSubjectShareLink', past)).toMatchObject({
    path: ['input', 'expiresAt'],
  });
  const expiresAt = new Date(Date.now() + 300).toISOString();
  const brief = await run(owner, 'createSubjectShareLink', { ...past, expiresAt });
  const friend = content.somebody();
  await run(friend, 'redeemSubjectShareLink', { token: brief.token });
  await run(friend, 'saveSubject', { subjectId });
  await expect
    .poll(async () => (await content.as(friend).run(SUBJECT, { id: subjectId })).subject)
    .toBeNull();
  expect((await content.as().run(SHARED, { token: brief.token })).sharedSubject).toBeNull();
  const late = await run(content.somebody(), 'redeemSubjectShareLink', { token: brief.token });
  expect(late).toMatchObject({ code: 'SUBJECT_SHARE_LINK_NOT_FOUND' });
  expect((await read(owner)).collaborators).toEqual([]);
  expect((await content.as(friend).run(SHARED_WITH, self(friend)))._entities[0]).toEqual({
    ...{ sharedSubjects: { edges: [] }, savedSubjects: { edges: [] } },
  });
  expect(await run(owner, 'createSubjectShareLink', { subjectId, role: 'OWNER' })).toMatchObject({
    path: ['input', 'role'],
  });
  for (const token of ['', 'x'.repeat(100), '\u0000']) {
    expect((await content.as().run(SHARED, { token })).sharedSubject).toBeNull();
  }
});

function follow(viewer: Viewer, topicId: string) {
  const left = new AbortController();
  onTestFinished(() => left.abort());
  return subscribeOnSubgraph(
    content.subgraph,
    { query: EDITS, variables: { topicId } },
    { viewer, requestId: randomUUID(), signal: left.signal },
  );
}

test('editors edit live; the stream of a removed one ends within five seconds with the reason', async () => {
  const { owner, subjectId, topicId, join } = await privateSubject();
  const opens = async (viewer: UserViewer, id: string) => {
    const stream = await follow(viewer, id);
    if (!isStream(stream)) throw new Error(JSON.stringify(stream));
    return (await stream.next()).value;
  };
  const quiz = { markdown: '```quiz\nCapital?\n= Oslo\n```\n' };
  const { id: askingId } = await content.topic(owner, subjectId, 'Asking', quiz);
  // Both are open when somebody becomes an editor, who may do what editors do at once.
  for (const id of [topicId, askingId]) await opens(owner, id);
  const editor = await join('EDITOR');
  expect(await opens(editor, askingId)).toMatchObject({ data: { topicEdits: { ended: null } } });
  const reader = await join('COMMENTER');
  const doc = new Y.Doc();
  doc.getText('content').insert(0, 'from the editor');
  const update = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
  const push = (viewer: UserViewer) =>
    content.as(viewer).execute(PUSH, {
      input: { topicId, epoch: 1, clientId: doc.clientID, update },
    });
  expect((await push(reader)).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  // Nor are they shown to others as somebody who writes.
  const shown = { topicId, epoch: 1, clientId: 9, awareness: '{}' };
  expect(await content.as(reader).codes(PUSH, { input: shown })).toEqual(['FORBIDDEN']);
  expect(await push(content.somebody())).toMatchObject({
    data: { pushTopicUpdate: { code: 'TOPIC_NOT_FOUND' } },
  });
  const stream = await follow(editor, topicId);
  if (!isStream(stream)) throw new Error(JSON.stringify(stream));
  await stream.next();
  expect(await push(editor)).toMatchObject({
    data: { pushTopicUpdate: { __typename: 'PushTopicUpdateSuccess' } },
  });
  await stream.next();
  const removedAt = performance.now();
  await run(owner, 'removeSubjectCollaborator', { subjectId, userId: editor.id });
  expect((await stream.next()).value).toMatchObject({
    data: { topicEdits: { ended: 'ACCESS_LOST' } },
  });
  expect(performance.now() - removedAt).toBeLessThan(5_000);
  expect(await push(editor)).toMatchObject({
    data: { pushTopicUpdate: { code: 'TOPIC_NOT_FOUND' } },
  });
});
