import {
  anchorInNewText,
  describeText,
  type PreparedSubject,
  referenceRows,
} from '@civitas/content';
import type { ClientBase } from 'pg';
import { insertRows } from './insert-rows.ts';
import type { Random } from './random.ts';
import type { Person, World } from './world.ts';

/** What happens to a document over time, told of a few that the examples show. */
export interface StorySubject extends PreparedSubject {
  readonly id: string;
  readonly author: Person;
  readonly createdAt: Date;
}

/**
 * Gives one subject all that people do with one: collaborators, an earlier text of a topic, a published
 * version and perhaps a fork of it, a thread of comments, results of its questions and certificates.
 */
export async function tellStory(
  client: ClientBase,
  world: World,
  subject: StorySubject,
  insertFork: ((fork: StorySubject) => Promise<void>) | null,
): Promise<void> {
  const random = world.randomFor(`content story ${subject.id}`);
  const others = world.people.filter(({ id }) => id !== subject.author.id);
  const [editor, commenter, invited, forker, ...learners] = random.sample(others, 8);
  if (!editor || !commenter || !invited || !forker) return;
  const since = (...people: readonly Person[]) =>
    new Date(Math.max(+subject.createdAt, ...people.map(({ joinedAt }) => +joinedAt)));
  const at = (...people: readonly Person[]) => random.instant(since(...people), world.now);

  const members = [
    { person: editor, role: 'EDITOR', isAccepted: true },
    { person: commenter, role: 'COMMENTER', isAccepted: true },
    { person: invited, role: 'VIEWER', isAccepted: false },
  ];
  await insertRows(
    client,
    'subject_member',
    {
      ...{ subject_id: 'text', user_id: 'text', source: 'text', role: 'subject_role' },
      ...{ invited_by: 'text', created_at: 'timestamptz', accepted_at: 'timestamptz' },
    },
    members.map(({ person, role, isAccepted }) => {
      const invitedAt = at(person);
      return {
        ...{ subject_id: subject.id, user_id: person.id, source: 'invitation', role },
        ...{ invited_by: subject.author.id, created_at: invitedAt },
        accepted_at: isAccepted ? invitedAt : null,
      };
    }),
  );
  await insertRows(
    client,
    'topic_reference',
    { topic_id: 'text', subject_id: 'text', target: 'text', written: 'text', ordinal: 'int' },
    referenceRows(subject.topics.map((topic) => ({ ...topic, subjectId: subject.id }))).map(
      (row) => ({
        ...{ topic_id: row.topicId, subject_id: row.subjectId },
        ...{ target: row.target, written: row.written, ordinal: row.ordinal },
      }),
    ),
  );
  await insertRevisions(client, random, subject, editor, at(editor));
  const versionAt = at(forker);
  await insertVersion(client, random, subject, versionAt);
  const forkedAt = random.instant(versionAt, world.now);
  await insertFork?.(forkOf(random, subject, forker, forkedAt));
  await insertThread(client, random, subject, { commenter, at: at(commenter), now: world.now });
  await insertResults(client, random, subject, learners, at(...learners));
}

async function insertRevisions(
  client: ClientBase,
  random: Random,
  { topics, author }: StorySubject,
  editor: Person,
  changedAt: Date,
): Promise<void> {
  const topic = topics.find(({ markdown }) => markdown.length > 40);
  if (!topic) return;
  const [, ...rest] = topic.markdown.trimStart().split('\n');
  const texts = [
    { kind: 'ORIGINAL', markdown: rest.join('\n'), authors: [author.id], at: changedAt },
    { kind: 'EDITED', markdown: topic.markdown, authors: [editor.id], at: changedAt },
  ];
  await keepTexts(
    client,
    texts.map(({ markdown }) => markdown),
    changedAt,
  );
  // An array of arrays does not go through `unnest`.
  for (const [index, { kind, markdown, authors, at }] of texts.entries()) {
    const { sha256, bytes } = describeText(markdown);
    await client.query(
      `INSERT INTO topic_revision (id, topic_id, number, kind, sha256, bytes, author_ids, created_at)
       VALUES ($1, $2, $3, $4::revision_kind, $5, $6, $7, $8)`,
      [random.id('rev', at), topic.id, index + 1, kind, sha256, bytes, authors, at],
    );
  }
}

async function insertVersion(
  client: ClientBase,
  random: Random,
  subject: StorySubject,
  at: Date,
): Promise<void> {
  const { topics, title, description, heading, markdownBytes, author } = subject;
  const id = random.id('ver', at);
  await keepTexts(
    client,
    topics.map(({ markdown }) => markdown),
    at,
  );
  await client.query(
    `INSERT INTO subject_version (id, subject_id, number, name, title, description, heading, topic_count,
       markdown_bytes, created_by, created_at, published_at)
     VALUES ($1, $2, 1, 'First edition', $3, $4, $5, $6, $7, $8, $9, $9)`,
    [id, subject.id, title, description, heading, topics.length, markdownBytes, author.id, at],
  );
  await insertRows(
    client,
    'subject_version_topic',
    {
      ...{ version_id: 'text', ordinal: 'int', topic_id: 'text', depth: 'smallint' },
      ...{ title: 'text', heading: 'text', sha256: 'text', bytes: 'int' },
    },
    topics.map((topic, ordinal) => ({
      ...{ version_id: id, ordinal, topic_id: topic.id, depth: topic.depth },
      ...{ title: topic.title, heading: topic.heading, ...describeText(topic.markdown) },
    })),
  );
}

function forkOf(
  random: Random,
  subject: StorySubject,
  author: Person,
  createdAt: Date,
): StorySubject {
  const ids = new Map(subject.topics.map(({ id }) => [id, random.id('top', createdAt)]));
  const topics = subject.topics.map((topic) => ({
    ...topic,
    id: ids.get(topic.id) ?? '',
    parentId: topic.parentId === null ? null : (ids.get(topic.parentId) ?? null),
  }));
  return { ...subject, id: random.id('sub', createdAt), author, createdAt, topics };
}

async function insertThread(
  client: ClientBase,
  random: Random,
  { topics, author }: StorySubject,
  { commenter, at, now }: { readonly commenter: Person; readonly at: Date; readonly now: Date },
): Promise<void> {
  const topic = topics.find(({ markdown }) => markdown.length > 40);
  const [quote] = /\w+ \w+ \w+/.exec(topic?.markdown ?? '') ?? [];
  if (!topic || quote === undefined) return;
  const { start, end } = anchorInNewText(topic.markdown, quote);
  const id = random.id('cmt', at);
  const columns =
    'id, topic_id, thread_id, author_id, body, quote, epoch, anchor_start, anchor_end, created_at';
  const insert = `INSERT INTO topic_comment (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  const question = 'Could this say more? I stumbled here.';
  await client.query(insert, [
    ...[id, topic.id, null, commenter.id, question, quote, 1],
    ...[Buffer.from(start), Buffer.from(end), at],
  ]);
  const answeredAt = random.instant(at, now);
  await client.query(insert, [
    ...[random.id('cmt', at), topic.id, id, author.id, 'Good point, I will.', '', null],
    ...[null, null, answeredAt],
  ]);
}

/** Who finished it: everything done, every question answered, a certificate. */
async function insertResults(
  client: ClientBase,
  random: Random,
  subject: StorySubject,
  learners: readonly Person[],
  at: Date,
): Promise<void> {
  const asking = subject.topics.filter(({ markdown }) => markdown.includes('```quiz'));
  for (const { id: userId } of learners) {
    const last = subject.topics.at(-1)?.id;
    await client.query(
      `WITH enrolled AS (
         UPDATE enrolment SET enrolled_at = least(enrolled_at, $3)
         WHERE subject_id = $1 AND user_id = $2 RETURNING 1
       )
       INSERT INTO enrolment (subject_id, user_id, enrolled_at, last_topic_id)
       SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM enrolled)`,
      [subject.id, userId, at, last],
    );
    await client.query(
      `INSERT INTO topic_done (subject_id, user_id, topic_id, done_at)
       SELECT $1, $2, id, $3 FROM unnest($4::text[]) AS id
       WHERE NOT EXISTS (SELECT FROM topic_done WHERE user_id = $2 AND topic_id = id)`,
      [subject.id, userId, at, subject.topics.map(({ id }) => id)],
    );
    for (const { id: topicId } of asking) {
      await client.query(
        `INSERT INTO checkpoint_attempt (id, subject_id, user_id, topic_id, score, max_score, answered_at)
         VALUES ($1, $2, $3, $4, 1, 1, $5)`,
        [random.id('cat', at), subject.id, userId, topicId, at],
      );
    }
    await client.query(
      `INSERT INTO certificate (id, subject_id, user_id, author_id, subject_title, topic_count, issued_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[random.id('crt', at), subject.id, userId, subject.author.id],
        ...[subject.title, subject.topics.length, at],
      ],
    );
  }
}

/** The texts of revisions and versions; they go to the object store by themselves. */
async function keepTexts(client: ClientBase, texts: readonly string[], at: Date): Promise<void> {
  for (const text of new Set(texts)) {
    await client.query(
      `INSERT INTO text_object (sha256, text, created_at) SELECT $1, $2, $3
       WHERE NOT EXISTS (SELECT FROM text_object WHERE sha256 = $1)`,
      [describeText(text).sha256, text, at],
    );
  }
}
