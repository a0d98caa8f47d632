import type { UserViewer } from '@civitas/platform/subgraph';
import pg from 'pg';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

const COUNTS = 'likeCount saveCount clickCount';
async function react(viewer: UserViewer, field: string, id: string) {
  const target = field.endsWith('Topic') ? 'topic' : 'subject';
  const type = field.charAt(0).toUpperCase() + field.slice(1);
  const document = `mutation ($id: ID!) { ${field}(input: { ${target}Id: $id }) {
    ... on ${type}Success { ${target} { ${COUNTS} likedByMe savedByMe } } ... on UserError { code } } }`;
  const result = (await content.as(viewer).run(document, { id }))[field];
  return result[target] ?? result;
}

async function newTopic(visibility = 'PUBLIC') {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility });
  const { id: topicId } = await content.topic(author, subjectId, 'A');
  return { author, subjectId, topicId };
}

async function counts(subjectId: string, topicId: string) {
  const { subject, topic } = await content
    .as()
    .run(`query ($s: ID!, $t: ID!) { subject(id: $s) { ${COUNTS} } topic(id: $t) { ${COUNTS} } }`, {
      s: subjectId,
      t: topicId,
    });
  return { subject, topic };
}

async function query(sql: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: content.databaseUrl });
  await client.connect();
  return (await client.query(sql, values).finally(() => client.end())).rows;
}

test('a hundred people at once are a hundred, one person a hundred times at once is one', async () => {
  const { subjectId, topicId } = await newTopic();
  const crowd = Array.from({ length: 100 }, () => content.somebody());
  const one = content.somebody();
  await Promise.all(crowd.map((person) => react(person, 'clickSubject', subjectId)));
  await Promise.all(crowd.map((person) => react(person, 'likeTopic', topicId)));
  await Promise.all(crowd.map(() => react(one, 'clickTopic', topicId)));
  await Promise.all(crowd.map(() => react(one, 'saveTopic', topicId)));
  expect(await counts(subjectId, topicId)).toEqual({
    subject: { likeCount: 0, saveCount: 0, clickCount: 100 },
    topic: { likeCount: 100, saveCount: 1, clickCount: 1 },
  });
  const [{ clicks }] = await query('SELECT clicks FROM subject_click_day WHERE subject_id = $1', [
    subjectId,
  ]);
  expect(clicks).toBe(100);
});

test('a click counts again after half an hour', async () => {
  const { subjectId, topicId } = await newTopic();
  const person = content.somebody();
  for (const minutes of [0, 29, 31]) {
    await query(
      `UPDATE topic_click SET clicked_at = clicked_at - make_interval(mins => $2) WHERE topic_id = $1`,
      [topicId, minutes],
    );
    await react(person, 'clickTopic', topicId);
  }
  expect((await counts(subjectId, topicId)).topic.clickCount).toBe(2);
});

test('likes and saves of topics are taken back, and taken back twice they count once', async () => {
  const { topicId } = await newTopic();
  const fan = content.somebody();
  await react(fan, 'saveTopic', topicId);
  expect(await react(fan, 'likeTopic', topicId)).toMatchObject({
    likeCount: 1,
    likedByMe: true,
    savedByMe: true,
  });
  expect(await react(fan, 'unlikeTopic', topicId)).toMatchObject({
    likeCount: 0,
    likedByMe: false,
  });
  expect(await react(fan, 'unlikeTopic', topicId)).toMatchObject({ likeCount: 0 });
});

const OWN = /* GraphQL */ `
  query ($r: [_Any!]!, $first: Int! = 20, $after: String) {
    _entities(representations: $r) {
      ... on User {
        likedSubjects(first: $first, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } }
        likedTopics { edges { node { id } } }
        savedTopics { edges { node { id } } }
      }
    }
  }
`;

test('what I like and have saved is listed last first, in pages, for me alone, and without what I may not see', async () => {
  const fan = content.somebody();
  const liked = [await newTopic(), await newTopic(), await newTopic()];
  for (const { subjectId, topicId } of liked) {
    await react(fan, 'likeSubject', subjectId);
    await react(fan, 'likeTopic', topicId);
    await react(fan, 'saveTopic', topicId);
  }
  const [first, second, third] = liked as [(typeof liked)[0], (typeof liked)[0], (typeof liked)[0]];
  const r = [{ __typename: 'User', id: fan.id }];
  const own = async (page: object = {}) =>
    (await content.as(fan).run(OWN, { r, ...page }))._entities[0];
  const ids = ({ edges }: { edges: { node: { id: string } }[] }) =>
    edges.map(({ node }) => node.id);
  const { likedSubjects, likedTopics, savedTopics } = await own({ first: 2 });
  expect(ids(likedSubjects)).toEqual([third.subjectId, second.subjectId]);
  const { endCursor: after, hasNextPage } = likedSubjects.pageInfo;
  expect(hasNextPage).toBe(true);
  expect(ids((await own({ first: 2, after })).likedSubjects)).toEqual([first.subjectId]);
  const topics = [third.topicId, second.topicId, first.topicId];
  expect([ids(likedTopics), ids(savedTopics)]).toEqual([topics, topics]);

  const strangers = new Set(await content.as(content.somebody()).codes(OWN, { r }));
  expect(strangers).toEqual(new Set(['FORBIDDEN']));

  await query(`UPDATE subject SET visibility = 'PRIVATE' WHERE id = $1`, [third.subjectId]);
  const archive = `mutation ($id: ID!) { archiveTopic(input: { topicId: $id }) { __typename } }`;
  await content.as(second.author).run(archive, { id: second.topicId });
  await react(fan, 'unlikeSubject', first.subjectId);
  const left = await own();
  expect(ids(left.likedSubjects)).toEqual([second.subjectId]);
  expect([ids(left.likedTopics), ids(left.savedTopics)]).toEqual([
    [first.topicId],
    [first.topicId],
  ]);
});

test('what is private to others is neither liked nor clicked', async () => {
  const { subjectId, topicId } = await newTopic('PRIVATE');
  const stranger = content.somebody();
  expect(await react(stranger, 'likeTopic', topicId)).toEqual({ code: 'TOPIC_NOT_FOUND' });
  expect(await react(stranger, 'clickSubject', subjectId)).toEqual({ code: 'SUBJECT_NOT_FOUND' });
});

test('what people click and like lately is trending, the liveliest first', async () => {
  const [calm, lively, hidden] = [await newTopic(), await newTopic(), await newTopic('PRIVATE')];
  await react(content.somebody(), 'clickSubject', calm.subjectId);
  await react(content.somebody(), 'likeSubject', lively.subjectId);
  await react(content.somebody(), 'clickSubject', lively.subjectId);
  await react(hidden.author, 'clickSubject', hidden.subjectId);
  const document = 'query ($first: Int!) { trendingSubjects(first: $first) { id } }';
  const { trendingSubjects } = await content.as().run(document, { first: 50 });
  const ids = trendingSubjects.map(({ id }: { id: string }) => id);
  expect(ids.indexOf(lively.subjectId)).toBeLessThan(ids.indexOf(calm.subjectId));
  expect(ids).toContain(calm.subjectId);
  expect(ids).not.toContain(hidden.subjectId);
  expect(await content.as().codes(document, { first: 51 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
});

test('what was clicked ten times a week ago trends behind one click of today, and after two weeks not at all', async () => {
  const [fresh, old, forgotten] = [await newTopic(), await newTopic(), await newTopic()];
  for (const { subjectId } of [fresh, old, forgotten])
    await react(content.somebody(), 'clickSubject', subjectId);
  const age = 'UPDATE subject_click_day SET day = day - $2::int, clicks = 10 WHERE subject_id = $1';
  await query(age, [old.subjectId, 7]);
  await query(age, [forgotten.subjectId, 14]);
  const trending = async () =>
    (await content.as().run('{ trendingSubjects(first: 50) { id } }')).trendingSubjects.map(
      ({ id }: { id: string }) => id,
    );
  const before = await trending();
  expect(before.indexOf(fresh.subjectId)).toBeLessThan(before.indexOf(old.subjectId));
  expect(before).toContain(old.subjectId);
  expect(before).not.toContain(forgotten.subjectId);
  // Thirteen times 0.7 to the seventh is more than one.
  await query('UPDATE subject_click_day SET clicks = 13 WHERE subject_id = $1', [old.subjectId]);
  const after = await trending();
  expect(after.indexOf(old.subjectId)).toBeLessThan(after.indexOf(fresh.subjectId));
});
