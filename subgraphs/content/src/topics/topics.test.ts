import { newId } from '@civitas/platform/ids';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';

const content = useContent();

const ADD = /* GraphQL */ `
  mutation ($input: AddTopicInput!) {
    addTopic(input: $input) {
      __typename
      ... on AddTopicSuccess { topic { id markdown heading subject { topicCount updatedAt } } }
      ... on UserError { code path }
      ... on TopicTooDeep { maxDepth }
      ... on SubjectFull { maxTopics maxMarkdownBytes }
    }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) {
    updateTopic(input: $input) {
      __typename
      ... on UpdateTopicSuccess { topic { id title markdown } }
      ... on UserError { code path }
    }
  }
`;
const TOPIC = /* GraphQL */ `query ($id: ID!) { topic(id: $id) { id title children { title } } }`;

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

async function add(author: ReturnType<typeof content.somebody>, input: Record<string, unknown>) {
  return (await content.as(author).run(ADD, { input })).addTopic;
}

async function counters(subjectId: string) {
  const { rows } = await database.query(
    `SELECT topic_count, markdown_bytes,
            (SELECT count(*)::int FROM topic WHERE subject_id = s.id) AS topics,
            (SELECT coalesce(sum(octet_length(markdown)), 0)::int
             FROM topic WHERE subject_id = s.id) AS bytes
     FROM subject AS s WHERE id = $1`,
    [subjectId],
  );
  return rows[0];
}

test('topics stand where they are put: at the end, behind, before, below', async () => {
  const author = content.somebody();
  const subject = await content.subject(author);
  const b = await content.topic(author, subject, 'B');
  const d = await content.topic(author, subject, 'D');
  await content.topic(author, subject, 'C', { afterId: b.id });
  await content.topic(author, subject, 'A', { beforeId: b.id });
  const b1 = await content.topic(author, subject, 'B1', { parentId: b.id });
  await content.topic(author, subject, 'B1a', { parentId: b1.id });
  await content.topic(author, subject, 'B2', { parentId: b.id });
  await content.topic(author, subject, 'E', { afterId: d.id });
  expect(await content.outline(author, subject)).toEqual([
    'A',
    'B',
    '  B1',
    '    B1a',
    '  B2',
    'C',
    'D',
    'E',
  ]);
  const { topic } = await content.as().run(TOPIC, { id: b.id });
  expect(topic.children.map(({ title }: { title: string }) => title)).toEqual(['B1', 'B2']);
});

test('fifty topics put into the same gap at once all get a place and are all counted', async () => {
  const author = content.somebody();
  const subject = await content.subject(author);
  const first = await content.topic(author, subject, 'first');
  await content.topic(author, subject, 'last');
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      content.topic(author, subject, `t${n}`, { afterId: first.id, markdown: 'ä'.repeat(n) }),
    ),
  );
  const outline = await content.outline(author, subject);
  expect(outline.at(0)).toBe('first');
  expect(outline.at(-1)).toBe('last');
  expect(new Set(outline).size).toBe(52);
  const bytes = 50 * 49;
  expect(await counters(subject)).toEqual({
    topic_count: 52,
    topics: 52,
    markdown_bytes: bytes,
    bytes,
  });
});

test('Markdown is kept byte for byte but for its line ends', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const markdown = '\n  indented \r\n\ttab\u2028e\u0301 😀\r\rend  \n';
  const { topic } = await add(author, { subjectId, title: 'Text', markdown });
  expect(topic.markdown).toBe('\n  indented \n\ttab\u2028e\u0301 😀\n\nend  \n');
  expect(topic.heading).toBeNull();
});

test('an update changes what it names, recounts the bytes and leaves the rest', async () => {
  const author = content.somebody();
  const subject = await content.subject(author);
  const { id } = await content.topic(author, subject, 'Old', { markdown: 'long text' });
  const update = async (input: Record<string, unknown>) =>
    (await content.as(author).run(UPDATE, { input: { topicId: id, ...input } })).updateTopic;
  expect((await update({ title: 'New' })).topic).toEqual({
    id,
    title: 'New',
    markdown: 'long text',
  });
  expect((await update({ markdown: 'short' })).topic).toEqual({
    id,
    title: 'New',
    markdown: 'short',
  });
  expect((await update({ markdown: '' })).topic).toEqual({ id, title: 'New', markdown: '' });
  expect(await counters(subject)).toEqual({
    topic_count: 1,
    topics: 1,
    markdown_bytes: 0,
    bytes: 0,
  });
});

test('two updates in one document each answer their own result', async () => {
  const author = content.somebody();
  const { id } = await content.topic(author, await content.subject(author), 'Old');
  const twice = /* GraphQL */ `
    mutation ($a: UpdateTopicInput!, $b: UpdateTopicInput!) {
      a: updateTopic(input: $a) { ... on UpdateTopicSuccess { topic { markdown } } }
      b: updateTopic(input: $b) { ... on UpdateTopicSuccess { topic { markdown } } }
    }
  `;
  const variables = { a: { topicId: id, markdown: '1' }, b: { topicId: id, markdown: '2' } };
  const { a, b } = await content.as(author).run(twice, variables);
  expect([a.topic.markdown, b.topic.markdown]).toEqual(['1', '2']);
});

test('nobody but the author changes a subject; a private one does not even exist', async () => {
  const [author, stranger] = [content.somebody(), content.somebody()];
  const subjectId = await content.subject(author);
  const { id } = await content.topic(author, subjectId, 'Mine');
  const adding = { input: { subjectId, title: 'Yours' } };
  const updating = { input: { topicId: id, title: 'Yours' } };
  expect(await content.as(stranger).codes(ADD, adding)).toEqual(['FORBIDDEN']);
  expect(await content.as(stranger).codes(UPDATE, updating)).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(ADD, adding)).toEqual(['UNAUTHENTICATED']);
  expect(await content.as().codes(UPDATE, updating)).toEqual(['UNAUTHENTICATED']);

  const hidden = await content.subject(author, { visibility: 'PRIVATE' });
  const secret = await content.topic(author, hidden, 'Secret');
  expect(await add(stranger, { subjectId: hidden, title: 'Yours' })).toMatchObject({
    code: 'SUBJECT_NOT_FOUND',
  });
  const input = { topicId: secret.id, title: 'Yours' };
  expect((await content.as(stranger).run(UPDATE, { input })).updateTopic).toMatchObject({
    code: 'TOPIC_NOT_FOUND',
  });
  expect(await content.as(stranger).run(TOPIC, { id: secret.id })).toEqual({ topic: null });
  expect(await content.outline(author, subjectId)).toEqual(['Mine']);
});

test('a parent or sibling must be of the same subject and place', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const foreign = await content.topic(author, await content.subject(author), 'Elsewhere');
  const here = await content.topic(author, subjectId, 'Here');
  const below = await content.topic(author, subjectId, 'Below', { parentId: here.id });
  const title = 'Lost';
  for (const [field, value] of [
    ['parentId', foreign.id],
    ['parentId', newId('top')],
    ['afterId', foreign.id],
    ['afterId', below.id],
    ['beforeId', below.id],
  ]) {
    expect(await add(author, { subjectId, title, [String(field)]: value })).toMatchObject({
      code: 'TOPIC_NOT_FOUND',
      path: ['input', field],
    });
  }
  const both = { afterId: here.id, beforeId: here.id };
  expect(await add(author, { subjectId, title, ...both })).toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', 'beforeId'],
  });
  expect(await counters(subjectId)).toMatchObject({ topic_count: 2, topics: 2 });
});

test('a tree grows 32 levels deep and no further', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  let parentId: string | undefined;
  for (let level = 1; level <= 32; level += 1) {
    const place = parentId === undefined ? {} : { parentId };
    parentId = (await content.topic(author, subjectId, `${level}`, place)).id;
  }
  expect(await add(author, { subjectId, title: '33', parentId })).toMatchObject({
    code: 'TOPIC_TOO_DEEP',
    maxDepth: 32,
  });
});

test('a full subject takes no more text, and says what its limits are', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const markdown = 'x'.repeat(250_000);
  for (let n = 0; n < 16; n += 1) {
    expect(await add(author, { subjectId, title: `${n}`, markdown })).toHaveProperty('topic');
  }
  expect(await add(author, { subjectId, title: 'one too many', markdown })).toEqual({
    __typename: 'SubjectFull',
    code: 'SUBJECT_FULL',
    path: null,
    maxTopics: 5000,
    maxMarkdownBytes: 4_194_304,
  });
  expect(await counters(subjectId)).toMatchObject({ topics: 16, markdown_bytes: 4_000_000 });
  // What is archived counts as well.
  await database.query(
    'UPDATE subject SET topic_count = 4999, archived_topic_count = 1 WHERE id = $1',
    [subjectId],
  );
  expect(await add(author, { subjectId, title: '5001' })).toMatchObject({ code: 'SUBJECT_FULL' });
});

test.each([
  ['a malformed subject id', { subjectId: 'NOT_A_VALID_ID' }, 'subjectId'],
  ['a malformed parent id', { parentId: 'NOT_A_VALID_ID' }, 'parentId'],
  ['an empty title', { title: '' }, 'title'],
  ['a title that is too long', { title: 'x'.repeat(201) }, 'title'],
  ['a control character', { markdown: 'a\u001bb' }, 'markdown'],
  ['half a surrogate pair', { markdown: 'a\ud800b' }, 'markdown'],
  ['text that is too long', { markdown: 'x'.repeat(250_001) }, 'markdown'],
])('%s is refused and nothing is stored', async (_, changes, field) => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const answer = await add(author, { subjectId, title: 'Topic', ...changes });
  expect(answer).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
  expect(await counters(subjectId)).toMatchObject({ topic_count: 0, topics: 0 });
});

test('a malformed topic id gets a coded error', async () => {
  expect(await content.as().codes(TOPIC, { id: 'NOT_A_VALID_ID' })).toEqual(['MALFORMED_ID']);
});

test('a tree of many topics with parents is one statement, with its texts one more', async () => {
  const author = content.somebody();
  const id = await content.subject(author);
  const parent = await content.topic(author, id, 'Parent');
  for (const title of ['a', 'b', 'c'])
    await content.topic(author, id, title, { parentId: parent.id });
  const query = (fields: string) => /* GraphQL */ `
    query ($of: [_Any!]!) {
      _entities(representations: $of) {
        ... on Subject { topics { ${fields} parent { title } subject { title } } }
      }
    }
  `;
  const of = [{ __typename: 'Subject', id }];
  const count = (fields: string) =>
    countStatements(() => content.as(author).run(query(fields), { of }));
  // The subject itself is the other statement.
  expect(await count('title')).toBe(2);
  expect(await count('title markdown')).toBe(3);
});

test('positions are compared byte by byte, whatever the collation of the database', async () => {
  const { rows } = await database.query(
    `SELECT collation_name FROM information_schema.columns
     WHERE table_name = 'topic' AND column_name = 'position'`,
  );
  expect(rows).toEqual([{ collation_name: 'C' }]);
});

test.each([
  ['a topic below itself', `UPDATE topic SET parent_id = id, depth = 2 WHERE id = $1`],
  ['a topic below its child', `UPDATE topic SET parent_id = $2, depth = 3 WHERE id = $1`],
  ['a depth that is not the parent’s plus one', `UPDATE topic SET depth = 3 WHERE id = $2`],
  ['a topic without parent below the first level', `UPDATE topic SET depth = 2 WHERE id = $1`],
  ['a position taken by a sibling', `UPDATE topic SET position = $3 WHERE id = $1`],
  ['a parent of another subject', `UPDATE topic SET subject_id = $4 WHERE id = $2`],
  ['a negative counter', `UPDATE subject SET like_count = -1 WHERE id = $5`],
  ['more topics than a tree may have', `UPDATE subject SET topic_count = 5001 WHERE id = $5`],
])('the database refuses %s', async (_, statement) => {
  const author = content.somebody();
  const subject = await content.subject(author);
  const parent = await content.topic(author, subject, 'Parent');
  const child = await content.topic(author, subject, 'Child', { parentId: parent.id });
  const sibling = await content.topic(author, subject, 'Sibling');
  const other = await content.subject(author);
  const values = [parent.id, child.id, sibling.position, other, subject];
  // Only the placeholders that a statement uses may be sent with it.
  const used = [...new Set(statement.match(/\$\d/g))];
  const text = statement.replaceAll(/\$\d/g, (name) => `$${used.indexOf(name) + 1}`);
  const sent = used.map((name) => values[Number(name.slice(1)) - 1]);
  await expect(database.query(text, sent)).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  });
});
