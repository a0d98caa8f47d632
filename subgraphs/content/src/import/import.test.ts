import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const IMPORT = /* GraphQL */ `
  mutation ($input: ImportSubjectInput!) {
    importSubject(input: $input) {
      __typename
      ... on ImportSubjectSuccess {
        subject {
          id title description visibility topicCount
          author { id }
          topics { title depth heading markdown parent { title } }
        }
      }
      ... on ImportRefused { reason line }
      ... on UserError { code path }
    }
  }
`;

type Person = ReturnType<typeof content.somebody>;

async function importing(viewer: Person, input: Record<string, unknown>) {
  return (await content.as(viewer).run(IMPORT, { input })).importSubject;
}

async function storedBy(viewer: Person): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: content.databaseUrl });
  await client.connect();
  const { rows } = await client
    .query(
      `SELECT (SELECT count(*)::int FROM subject WHERE author_id = $1) AS subjects,
              (SELECT count(*)::int FROM topic JOIN subject ON subject.id = subject_id
               WHERE author_id = $1) AS topics,
              (SELECT coalesce(sum(octet_length(markdown)), 0)::int
               FROM topic JOIN subject ON subject.id = subject_id WHERE author_id = $1) AS bytes,
              (SELECT coalesce(sum(markdown_bytes), 0)::int
               FROM subject WHERE author_id = $1) AS counted,
              (SELECT count(*)::int FROM outbox WHERE payload->>'authorId' = $1) AS events`,
      [viewer.id],
    )
    .finally(() => client.end());
  return rows[0];
}

test('the real curriculum is stored in order, with its links, and nothing is lost', async () => {
  const viewer = content.somebody();
  const file = '../../../../apps/local/src/demo/data/computer-science.md';
  const markdown = readFileSync(new URL(file, import.meta.url), 'utf8');
  const input = { markdown, fileName: 'computer-science.md', visibility: 'PUBLIC' };
  const { subject } = await importing(viewer, input);
  expect(subject).toMatchObject({
    title: 'Computer science',
    visibility: 'PUBLIC',
    topicCount: 26,
    author: { id: viewer.id },
  });
  expect(subject.topics).toHaveLength(26);
  const joined = subject.topics.map(
    (topic: { heading: string; markdown: string }) => `${topic.heading}\n${topic.markdown}`,
  );
  expect(subject.description + joined.join('')).toBe(markdown);
  expect(subject.topics[7]).toMatchObject({
    title: 'Core programming',
    depth: 3,
    parent: { title: 'Core CS' },
    markdown: expect.stringContaining('[Systematic Program Design](coursepages/spd/README.md)'),
  });
  const { bytes, ...stored } = await storedBy(viewer);
  expect(stored).toEqual({ subjects: 1, topics: 26, counted: bytes, events: 1 });
});

test('5,000 topics are imported at once and read in order', async () => {
  const viewer = content.somebody();
  const titles = Array.from({ length: 5_000 }, (_, n) => `Topic ${n}`);
  const markdown = titles.map((title, n) => `${'#'.repeat((n % 6) + 1)} ${title}\n`).join('');
  const { subject } = await importing(viewer, { markdown, title: 'Large' });
  expect(subject.topicCount).toBe(5_000);
  expect(subject.topics.map(({ title }: { title: string }) => title)).toEqual(titles);
});

test('a long text before the first heading becomes a topic of its own', async () => {
  const markdown = `${'long '.repeat(4_001)}\n# A\n`;
  const { subject } = await importing(content.somebody(), { markdown, title: 'Long' });
  expect(subject.description).toBeNull();
  expect(subject.topics).toMatchObject([
    { title: 'Introduction', heading: '', markdown: `${'long '.repeat(4_001)}\n` },
    { title: 'A', heading: '# A', markdown: '' },
  ]);
});

test('a heading keeps its link until the title is changed here', async () => {
  const viewer = content.somebody();
  const markdown = '## [Linked](https://example.org)\n';
  const { subject } = await importing(viewer, { markdown, title: 'Links' });
  expect(subject.topics[0]).toMatchObject({
    title: 'Linked',
    heading: '## [Linked](https://example.org)',
  });
  const change = /* GraphQL */ `
    mutation ($id: ID!, $title: String) {
      updateTopic(input: { topicId: $id, title: $title }) {
        ... on UpdateTopicSuccess { topic { heading } }
      }
    }
  `;
  const ids = /* GraphQL */ `query ($id: ID!) { subject(id: $id) { topics { id } } }`;
  const { id } = (await content.as(viewer).run(ids, { id: subject.id })).subject.topics[0];
  const headingAfter = async (title: string) =>
    (await content.as(viewer).run(change, { id, title })).updateTopic.topic.heading;
  expect(await headingAfter('Linked')).toBe('## [Linked](https://example.org)');
  expect(await headingAfter('Renamed')).toBeNull();
});

test.each([
  ['a given one', { title: 'Given', fileName: 'file.md' }, 'Given'],
  ['the heading that opens the document', { fileName: 'file.md' }, 'Heading'],
  [
    'the file name',
    { markdown: '## A\n', fileName: 'docs/my_first-file.v2.md' },
    'My first file.v2',
  ],
])('the title is %s', async (_, input, title) => {
  const { subject } = await importing(content.somebody(), { markdown: '# Heading\n', ...input });
  expect(subject.title).toBe(title);
});

test.each([
  ['no title', { markdown: '## A\n' }, 'NO_TITLE', null],
  ['a binary file', { markdown: 'a\n\u0000' }, 'NOT_TEXT', 2],
  ['a heading too deep', { markdown: '# A\n\n####### B\n' }, 'NESTED_TOO_DEEP', 3],
  ['a heading too long', { markdown: `# ${'x'.repeat(201)}\n` }, 'TITLE_TOO_LONG', 1],
  ['too many headings', { markdown: '# A\n'.repeat(5_001) }, 'TOO_MANY_TOPICS', 5_001],
  [
    'an introduction that no topic is left for',
    { title: 'T', markdown: `${'long '.repeat(5_000)}\n${'# A\n'.repeat(5_000)}` },
    'TOO_MANY_TOPICS',
    1,
  ],
  ['a document too large', { markdown: 'x'.repeat(2 * 1024 * 1024 + 1) }, 'TOO_LARGE', null],
])('%s is refused as data and nothing is stored', async (_, input, reason, line) => {
  const viewer = content.somebody();
  expect(await importing(viewer, input)).toEqual({
    __typename: 'ImportRefused',
    code: 'IMPORT_REFUSED',
    path: ['input', 'markdown'],
    reason,
    line,
  });
  expect(await storedBy(viewer)).toMatchObject({ subjects: 0, topics: 0, events: 0 });
});

test('a malformed title is refused, and so is whoever is not signed in', async () => {
  const input = { markdown: '# A\n', title: 'a\nb' };
  expect(await importing(content.somebody(), input)).toMatchObject({ code: 'INVALID_INPUT' });
  expect(await content.as().codes(IMPORT, { input })).toEqual(['UNAUTHENTICATED']);
});
