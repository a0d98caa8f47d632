import { newId } from '@civitas/platform/ids';
import pg from 'pg';
import { expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';

const content = useContent();

const react = (field: string) => /* GraphQL */ `
  mutation ($subjectId: ID!) {
    ${field}(input: { subjectId: $subjectId }) {
      ... on ${field.charAt(0).toUpperCase()}${field.slice(1)}Success {
        subject { likeCount saveCount likedByMe savedByMe }
      }
      ... on UserError { code path }
    }
  }
`;
const MINE = /* GraphQL */ `
  query ($id: ID!) { subject(id: $id) { likeCount saveCount likedByMe savedByMe } }
`;
const SAVED = /* GraphQL */ `
  query ($people: [_Any!]!, $first: Int! = 20, $after: String) {
    _entities(representations: $people) {
      ... on User {
        savedSubjects(first: $first, after: $after) {
          edges { node { id } savedAt }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;

type Person = ReturnType<typeof content.somebody>;

async function change(viewer: Person, field: string, subjectId: string) {
  return (await content.as(viewer).run(react(field), { subjectId }))[field];
}

async function rowsOf(table: 'subject_like' | 'subject_save', subjectId: string): Promise<number> {
  const client = new pg.Client({ connectionString: content.databaseUrl });
  await client.connect();
  const { rows } = await client
    .query(`SELECT count(*)::int AS count FROM ${table} WHERE subject_id = $1`, [subjectId])
    .finally(() => client.end());
  return rows[0].count;
}

test('liking and saving are seen by the person, and counted for everybody', async () => {
  const id = await content.subject(content.somebody());
  const [fan, other] = [content.somebody(), content.somebody()];
  await change(fan, 'likeSubject', id);
  expect((await change(fan, 'saveSubject', id)).subject).toEqual({
    likeCount: 1,
    saveCount: 1,
    likedByMe: true,
    savedByMe: true,
  });
  expect((await content.as(other).run(MINE, { id })).subject).toEqual({
    likeCount: 1,
    saveCount: 1,
    likedByMe: false,
    savedByMe: false,
  });
  expect((await content.as().run(MINE, { id })).subject).toMatchObject({
    likedByMe: null,
    savedByMe: null,
  });
  expect((await change(fan, 'unlikeSubject', id)).subject).toMatchObject({ likeCount: 0 });
  expect((await change(fan, 'unsaveSubject', id)).subject).toMatchObject({ saveCount: 0 });
});

test.each([
  ['likeSubject', 'unlikeSubject', 'likeCount', 'subject_like'],
  ['saveSubject', 'unsaveSubject', 'saveCount', 'subject_save'],
] as const)(
  '%s and %s by 100 people at once count 100 and 0',
  async (add, remove, counter, table) => {
    const id = await content.subject(content.somebody());
    const people = Array.from({ length: 100 }, () => content.somebody());
    await Promise.all(people.map((viewer) => change(viewer, add, id)));
    expect((await content.as().run(MINE, { id })).subject[counter]).toBe(100);
    expect(await rowsOf(table, id)).toBe(100);
    await Promise.all(people.map((viewer) => change(viewer, remove, id)));
    expect((await content.as().run(MINE, { id })).subject[counter]).toBe(0);
    expect(await rowsOf(table, id)).toBe(0);
  },
);

test.each([
  ['likeSubject', 'unlikeSubject', 'likeCount', 'subject_like'],
  ['saveSubject', 'unsaveSubject', 'saveCount', 'subject_save'],
] as const)(
  '100 times %s by one person at once count once',
  async (add, remove, counter, table) => {
    const id = await content.subject(content.somebody());
    const viewer = content.somebody();
    await Promise.all(Array.from({ length: 100 }, () => change(viewer, add, id)));
    expect((await content.as().run(MINE, { id })).subject[counter]).toBe(1);
    expect(await rowsOf(table, id)).toBe(1);
    await Promise.all(Array.from({ length: 100 }, () => change(viewer, remove, id)));
    expect((await content.as().run(MINE, { id })).subject[counter]).toBe(0);
  },
);

test('likes and unlikes of one person in any order leave counter and rows equal', async () => {
  const id = await content.subject(content.somebody());
  const viewer = content.somebody();
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      change(viewer, n % 2 === 0 ? 'likeSubject' : 'unlikeSubject', id),
    ),
  );
  const { subject } = await content.as().run(MINE, { id });
  expect(subject.likeCount).toBe(await rowsOf('subject_like', id));
});

test('a like taken back in the same document is not seen as there', async () => {
  const id = await content.subject(content.somebody());
  const twice = /* GraphQL */ `
    mutation ($input: SubjectReactionInput!) {
      a: likeSubject(input: $input) { ... on LikeSubjectSuccess { subject { likedByMe } } }
      b: unlikeSubject(input: $input) { ... on UnlikeSubjectSuccess { subject { likedByMe } } }
    }
  `;
  const result = await content.as(content.somebody()).run(twice, { input: { subjectId: id } });
  expect([result.a.subject.likedByMe, result.b.subject.likedByMe]).toEqual([true, false]);
});

test.each(['likeSubject', 'unlikeSubject', 'saveSubject', 'unsaveSubject'])(
  '%s refuses nobody, the unknown, the private and the malformed',
  async (field) => {
    const hidden = await content.subject(content.somebody(), { visibility: 'PRIVATE' });
    const viewer = content.somebody();
    expect(await content.as().codes(react(field), { subjectId: hidden })).toEqual([
      'UNAUTHENTICATED',
    ]);
    const notFound = { code: 'SUBJECT_NOT_FOUND', path: ['input', 'subjectId'] };
    expect(await change(viewer, field, hidden)).toEqual(notFound);
    expect(await change(viewer, field, newId('sub'))).toEqual(notFound);
    expect(await change(viewer, field, 'NOT_A_VALID_ID')).toMatchObject({ code: 'INVALID_INPUT' });
  },
);

test('what I saved is listed last saved first, in pages, for me alone', async () => {
  const [author, viewer] = [content.somebody(), content.somebody()];
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const id = await content.subject(author);
    await change(viewer, 'saveSubject', id);
    ids.push(id);
  }
  const people = [{ __typename: 'User', id: viewer.id }];
  const page = async (after: string | null) =>
    (await content.as(viewer).run(SAVED, { people, first: 2, after }))._entities[0].savedSubjects;
  const first = await page(null);
  const second = await page(first.pageInfo.endCursor);
  expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(ids.toReversed());
  expect(second.pageInfo.hasNextPage).toBe(false);

  expect(await content.as(author).codes(SAVED, { people })).toEqual(['FORBIDDEN']);
  expect(await content.as().codes(SAVED, { people })).toEqual(['UNAUTHENTICATED']);
  expect(await content.as(viewer).codes(SAVED, { people, first: 0 })).toEqual([
    'PAGE_SIZE_OUT_OF_RANGE',
  ]);
});

test('whether I like and have saved many subjects costs one statement each', async () => {
  const author = content.somebody();
  for (let n = 0; n < 4; n += 1) await content.subject(author);
  const query = /* GraphQL */ `
    { subjects(first: 4) { edges { node { likedByMe savedByMe } } } }
  `;
  expect(await countStatements(() => content.as(content.somebody()).run(query))).toBe(3);
});
