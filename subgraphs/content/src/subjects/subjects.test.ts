import { newId } from '@civitas/platform/ids';
import pg from 'pg';
import { expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';

const content = useContent();

const CREATE = /* GraphQL */ `
  mutation ($input: CreateSubjectInput!) {
    createSubject(input: $input) {
      __typename
      ... on CreateSubjectSuccess {
        subject {
          id title description visibility topicCount likeCount saveCount createdAt updatedAt
          author { id }
          topics { id }
        }
      }
      ... on UserError { code path message }
    }
  }
`;
const SUBJECT = /* GraphQL */ `query ($id: ID!) { subject(id: $id) { id title } }`;
const SUBJECTS = /* GraphQL */ `
  query ($first: Int!, $after: String) {
    subjects(first: $first, after: $after) {
      edges { node { id } cursor }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const OF_AUTHORS = /* GraphQL */ `
  query ($people: [_Any!]!, $first: Int! = 20, $after: String) {
    _entities(representations: $people) {
      ... on User {
        id
        subjects(first: $first, after: $after) {
          edges { node { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

function person(id: string) {
  return { __typename: 'User', id };
}

async function subjectsOf(viewer: ReturnType<typeof content.somebody> | undefined, id: string) {
  const { _entities } = await content.as(viewer).run(OF_AUTHORS, { people: [person(id)] });
  return _entities[0].subjects.edges.map(({ node }: { node: { id: string } }) => node.id);
}

test('a new subject is empty and its author’s, and tells the other subgraphs', async () => {
  const author = content.somebody();
  const input = { title: '  Beekeeping ', description: 'For *everybody*.', visibility: 'PUBLIC' };
  const { createSubject } = await content.as(author).run(CREATE, { input });
  expect(createSubject).toMatchObject({
    __typename: 'CreateSubjectSuccess',
    subject: {
      title: 'Beekeeping',
      description: 'For *everybody*.',
      visibility: 'PUBLIC',
      topicCount: 0,
      likeCount: 0,
      saveCount: 0,
      author: { id: author.id },
      topics: [],
    },
  });
  const { id } = createSubject.subject;
  const client = new pg.Client({ connectionString: content.databaseUrl });
  await client.connect();
  const { rows } = await client
    .query('SELECT type, payload FROM outbox WHERE aggregate_id = $1', [id])
    .finally(() => client.end());
  expect(rows).toEqual([
    {
      type: 'content.subject.created',
      payload: { subjectId: id, authorId: author.id, visibility: 'PUBLIC', topicCount: 0 },
    },
  ]);
});

test('a private subject does not exist for anybody but its author', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { visibility: 'PRIVATE' });
  const asEntity = /* GraphQL */ `
    query ($of: [_Any!]!) { _entities(representations: $of) { ... on Subject { title } } }
  `;
  const of = [{ __typename: 'Subject', id }];
  for (const viewer of [undefined, content.somebody()]) {
    expect(await content.as(viewer).run(SUBJECT, { id })).toEqual({ subject: null });
    expect(await content.as(viewer).run(asEntity, { of })).toEqual({ _entities: [null] });
    expect(await subjectsOf(viewer, author.id)).toEqual([]);
  }
  expect(await content.as(author).run(SUBJECT, { id })).toMatchObject({ subject: { id } });
  expect(await content.as(author).run(asEntity, { of })).toMatchObject({
    _entities: [{ title: 'Beekeeping' }],
  });
  expect(await subjectsOf(author, author.id)).toEqual([id]);
});

test('pages of public subjects follow each other without gap or repetition, newest first', async () => {
  const author = content.somebody();
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) made.push(await content.subject(author));
  await content.subject(author, { visibility: 'PRIVATE' });
  const read: string[] = [];
  let after: string | null = null;
  do {
    const { subjects } = await content.as().run(SUBJECTS, { first: 2, after });
    read.push(...subjects.edges.map(({ node }: { node: { id: string } }) => node.id));
    after = subjects.pageInfo.hasNextPage ? subjects.pageInfo.endCursor : null;
  } while (after !== null);
  expect(new Set(read).size).toBe(read.length);
  expect(read.filter((id) => made.includes(id))).toEqual(made.toReversed());
});

test('pages of one author follow each other, whatever others write', async () => {
  const [author, other] = [content.somebody(), content.somebody()];
  const made: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    made.push(await content.subject(author));
    await content.subject(other);
  }
  const page = async (after: string | null) => {
    const variables = { people: [person(author.id)], first: 2, after };
    return (await content.as().run(OF_AUTHORS, variables))._entities[0].subjects;
  };
  const first = await page(null);
  const second = await page(first.pageInfo.endCursor);
  const ids = [...first.edges, ...second.edges].map(({ node }) => node.id);
  expect(ids).toEqual(made.toReversed());
  expect(second.pageInfo.hasNextPage).toBe(false);
});

test('the subjects of many authors with their trees cost two statements', async () => {
  const authors = Array.from({ length: 5 }, () => content.somebody());
  for (const author of authors) {
    const id = await content.subject(author);
    await content.topic(author, id, 'The hive');
  }
  const query = /* GraphQL */ `
    query ($people: [_Any!]!) {
      _entities(representations: $people) {
        ... on User { subjects { edges { node { topics { title parent { id } } } } } }
      }
    }
  `;
  const people = authors.map(({ id }) => person(id));
  expect(await countStatements(() => content.as().run(query, { people }))).toBe(2);
});

test.each([
  ['an empty title', { title: ' ' }, ['input', 'title']],
  ['a title of two lines', { title: 'a\nb' }, ['input', 'title']],
  ['a title that is too long', { title: 'x'.repeat(201) }, ['input', 'title']],
  ['a control character', { description: 'a\u0000b' }, ['input', 'description']],
  ['a description that is too long', { description: 'x'.repeat(20_001) }, ['input', 'description']],
])('%s is refused and nothing is stored', async (_, changes, path) => {
  const author = content.somebody();
  const input = { title: 'Beekeeping', ...changes };
  const { createSubject } = await content.as(author).run(CREATE, { input });
  expect(createSubject).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path });
  expect(await subjectsOf(author, author.id)).toEqual([]);
});

test('anonymous callers cannot create', async () => {
  const codes = await content.as().codes(CREATE, { input: { title: 'Beekeeping' } });
  expect(codes).toEqual(['UNAUTHENTICATED']);
});

test.each([
  ['a malformed id', SUBJECT, { id: 'NOT_A_VALID_ID' }, 'MALFORMED_ID'],
  ['an id of another kind', SUBJECT, { id: newId('top') }, 'MALFORMED_ID'],
  ['a page of none', SUBJECTS, { first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  ['a page of a million', SUBJECTS, { first: 1_000_000 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  ['no cursor at all', SUBJECTS, { first: 1, after: 'x' }, 'MALFORMED_CURSOR'],
  ['a person who is none', OF_AUTHORS, { people: [person('usr_1')] }, 'MALFORMED_ID'],
])('%s gets a coded error', async (_, query, variables, code) => {
  expect(await content.as().codes(query, variables)).toEqual([code]);
});

test('a cursor of one list is refused by another', async () => {
  const author = content.somebody();
  await content.subject(author);
  const { subjects } = await content.as().run(SUBJECTS, { first: 1 });
  const variables = { people: [person(author.id)], after: subjects.edges[0].cursor };
  expect(await content.as().codes(OF_AUTHORS, variables)).toEqual(['MALFORMED_CURSOR']);
});
