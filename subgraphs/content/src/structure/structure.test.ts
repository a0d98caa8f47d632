import type { UserViewer } from '@civitas/platform/subgraph';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';

const content = useContent();

let database: pg.Client;
beforeAll(async () => {
  database = new pg.Client({ connectionString: content.databaseUrl });
  await database.connect();
  return () => database.end();
});

/** Runs one mutation of this feature; answers `code`, or the topics it names. */
async function change(viewer: UserViewer, name: string, input: Record<string, unknown>) {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const success = {
    splitTopic: 'topic { id markdown } newTopic { id title markdown depth }',
    deleteArchivedTopic: 'subject { topicCount }',
  }[name];
  const document = /* GraphQL */ `
    mutation ($input: ${type}Input!) {
      ${name}(input: $input) {
        __typename
        ... on ${type}Success { ${success ?? 'topic { id depth markdown archivedAt subject { id } }'} }
        ... on UserError { code path }
      }
    }
  `;
  const answer = await content.as(viewer).execute(document, { input });
  if (answer.errors) return { code: answer.errors[0]?.extensions?.['code'] };
  return (answer.data as Record<string, Record<string, unknown>>)[name] ?? {};
}

/** A subject with topics named by letters: `A`, `A.B` below it, `A.B.C` below that. */
async function grow(...paths: string[]) {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const ids: Record<string, string> = {};
  for (const path of paths) {
    const parent = ids[path.split('.').slice(0, -1).join('.')];
    const name = path.split('.').at(-1) ?? '';
    const place = parent === undefined ? {} : { parentId: parent };
    const { id } = await content.topic(author, subjectId, name, {
      ...place,
      markdown: `text ${name}\n`,
    });
    ids[path] = id;
    ids[name] = id;
  }
  return {
    author,
    subjectId,
    ids,
    do: (name: string, input: Record<string, unknown>) => change(author, name, input),
    outline: () => content.outline(author, subjectId),
  };
}

async function counters(subjectId: string) {
  const { rows } = await database.query(
    `SELECT topic_count = (SELECT count(*) FROM topic WHERE subject_id = s.id AND archived_at IS NULL)
        AND archived_topic_count = (SELECT count(*) FROM topic WHERE subject_id = s.id AND archived_at IS NOT NULL)
        AND markdown_bytes = (SELECT coalesce(sum(octet_length(markdown)), 0) FROM topic WHERE subject_id = s.id)
        AS exact, archived_topic_count AS archived FROM subject AS s WHERE id = $1`,
    [subjectId],
  );
  return rows[0];
}

test('a topic moves with all below it, and a topic put below itself is refused', async () => {
  const tree = await grow('A', 'A.B', 'A.B.C', 'D');
  const { ids } = tree;
  await tree.do('moveTopic', { topicId: ids['B'], parentId: ids['D'] });
  expect(await tree.outline()).toEqual(['A', 'D', '  B', '    C']);
  await tree.do('moveTopic', { topicId: ids['D'], beforeId: ids['A'] });
  expect(await tree.outline()).toEqual(['D', '  B', '    C', 'A']);
  for (const parentId of [ids['D'], ids['C']]) {
    expect(await tree.do('moveTopic', { topicId: ids['D'], parentId })).toMatchObject({
      code: 'TOPIC_CYCLE',
    });
  }
  const other = await grow('X');
  const wrong = { topicId: ids['A'], parentId: other.ids['X'] };
  expect(await tree.do('moveTopic', wrong)).toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  expect(await change(other.author, 'moveTopic', { topicId: ids['A'] })).toEqual({
    code: 'FORBIDDEN',
  });
});

test('A below B while B goes below A: one is made, the other is a circle, each time', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { ids, do: run, outline } = await grow('A', 'B');
    const answers = await Promise.all([
      run('moveTopic', { topicId: ids['A'], parentId: ids['B'] }),
      run('moveTopic', { topicId: ids['B'], parentId: ids['A'] }),
    ]);
    const failures = answers.filter(({ code }) => code !== undefined);
    expect(failures).toMatchObject([{ code: 'TOPIC_CYCLE' }]);
    expect((await outline()).toSorted()).toHaveLength(2);
  }
});

test('thirty reorders at once leave every topic in the tree once, at a place of its own', async () => {
  const names = ['A', 'B', 'C', 'D', 'E', 'F'];
  const { ids, do: run, outline, subjectId } = await grow(...names);
  const moves = Array.from({ length: 30 }, (_, n) => ({
    topicId: ids[names[n % 6] ?? ''],
    [n % 2 ? 'afterId' : 'beforeId']: ids[names[(n * 5 + 1) % 6] ?? ''],
  }));
  await Promise.all(moves.map((input) => run('moveTopic', input)));
  const first = await outline();
  expect(first.toSorted()).toEqual(names);
  expect(await outline()).toEqual(first);
  expect(await counters(subjectId)).toMatchObject({ exact: true });
});

test('twenty-four moves below each other at once leave a tree: nobody is lost and nobody is below themselves', async () => {
  const names = ['A', 'A.B', 'A.B.C', 'D', 'D.E', 'F', 'F.G', 'F.G.H'];
  const { ids, do: run, outline, subjectId } = await grow(...names);
  const letters = names.map((name) => name.at(-1) ?? '');
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      run('moveTopic', {
        topicId: ids[letters[n % 8] ?? ''],
        parentId: ids[letters[(n * 3 + 1 + Math.floor(n / 8)) % 8] ?? ''],
      }),
    ),
  );
  // A machine with too much to do says so, and has moved nothing.
  const expected = new Set([undefined, 'TOPIC_CYCLE', 'SERVICE_UNAVAILABLE']);
  expect(answers.filter(({ code }) => !expected.has(code as string | undefined))).toEqual([]);
  // A circle would hang in the air, and so not be in the outline.
  expect((await outline()).map((line) => line.trim()).toSorted()).toEqual(letters);
  expect(await counters(subjectId)).toMatchObject({ exact: true });
});

test('a gap that is used again and again never runs out of places', async () => {
  const { ids, do: run, outline, subjectId } = await grow('A', 'B', 'C');
  // As after some three hundred moves into the gap behind A.
  await database.query('UPDATE topic SET position = $2 WHERE id = $1', [
    ids['B'],
    `a0${'0'.repeat(56)}1`,
  ]);
  for (let n = 0; n < 12; n += 1) {
    await run('moveTopic', { topicId: ids[n % 2 ? 'B' : 'C'], afterId: ids['A'] });
  }
  expect(await outline()).toEqual(['A', 'B', 'C']);
  const { rows } = await database.query(
    'SELECT max(length(position)) AS longest FROM topic WHERE subject_id = $1',
    [subjectId],
  );
  expect(rows[0].longest).toBeLessThanOrEqual(60);
});

test('what is archived leaves the tree and comes back where it was, texts and all', async () => {
  const tree = await grow('A', 'A.B', 'A.B.C', 'D');
  const { ids, subjectId } = tree;
  await tree.do('archiveTopic', { topicId: ids['C'] });
  await tree.do('archiveTopic', { topicId: ids['A'] });
  expect(await tree.outline()).toEqual(['D']);
  expect(await counters(subjectId)).toEqual({ exact: true, archived: 3 });
  const hidden = await content.as().run('query ($id: ID!) { topic(id: $id) { id } }', {
    id: ids['B'],
  });
  expect(hidden.topic).toBeNull();
  const archive = 'query ($id: ID!) { subject(id: $id) { archivedTopics { title } } }';
  const { subject } = await content.as(tree.author).run(archive, { id: subjectId });
  expect(subject.archivedTopics.map(({ title }: { title: string }) => title).toSorted()).toEqual([
    'A',
    'C',
  ]);
  const strangers = await content.as(content.somebody()).run(archive, { id: subjectId });
  expect(strangers.subject.archivedTopics).toBeNull();
  expect(await tree.do('restoreTopic', { topicId: ids['B'] })).toMatchObject({
    code: 'TOPIC_NOT_FOUND',
  });
  await tree.do('restoreTopic', { topicId: ids['A'] });
  expect(await tree.outline()).toEqual(['A', '  B', 'D']);
  await tree.do('restoreTopic', { topicId: ids['C'] });
  expect(await tree.outline()).toEqual(['A', '  B', '    C', 'D']);
  expect(await counters(subjectId)).toEqual({ exact: true, archived: 0 });
});

test('restored below an archived parent, a topic stands below the nearest that is there', async () => {
  const tree = await grow('A', 'A.B', 'A.B.C');
  const { ids } = tree;
  await tree.do('archiveTopic', { topicId: ids['C'] });
  await tree.do('archiveTopic', { topicId: ids['B'] });
  await tree.do('restoreTopic', { topicId: ids['C'] });
  expect(await tree.outline()).toEqual(['A', '  C']);
  await tree.do('restoreTopic', { topicId: ids['B'] });
  expect((await tree.outline()).toSorted()).toEqual(['  B', '  C', 'A']);
});

test('only what is archived can be deleted, and then with all below it', async () => {
  const tree = await grow('A', 'A.B', 'D');
  const { ids, subjectId } = tree;
  const topicId = ids['A'];
  expect(await tree.do('deleteArchivedTopic', { topicId })).toMatchObject({
    code: 'TOPIC_NOT_FOUND',
  });
  await tree.do('archiveTopic', { topicId });
  await tree.do('deleteArchivedTopic', { topicId });
  expect(await counters(subjectId)).toEqual({ exact: true, archived: 0 });
  expect(await tree.outline()).toEqual(['D']);
});

test('a copy has the texts and the tree of its original, also in another subject', async () => {
  const from = await grow('A', 'A.B', 'A.B.C', 'A.E');
  const to = await grow('X');
  await from.do('archiveTopic', { topicId: from.ids['E'] });
  const input = { topicId: from.ids['A'], subjectId: to.subjectId, parentId: to.ids['X'] };
  const copied = await change(to.author, 'copyTopic', input);
  expect(copied).toMatchObject({ topic: { depth: 2, markdown: 'text A\n' } });
  expect(await to.outline()).toEqual(['X', '  A', '    B', '      C']);
  expect(await from.outline()).toEqual(['A', '  B', '    C']);
  expect(await counters(to.subjectId)).toMatchObject({ exact: true });
  const back = { topicId: from.ids['A'], subjectId: from.subjectId };
  expect(await change(to.author, 'copyTopic', back)).toEqual({ code: 'FORBIDDEN' });
});

test('a split divides the text, a merge joins it again and carries what is below', async () => {
  const tree = await grow('A', 'A.B');
  const { ids, author, subjectId } = tree;
  const update =
    'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';
  await content.as(author).run(update, { input: { topicId: ids['A'], markdown: 'one 🐝\ntwo\n' } });
  const inside = await tree.do('splitTopic', { topicId: ids['A'], at: 5, title: 'X' });
  expect(inside).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'at'] });
  const split = await tree.do('splitTopic', { topicId: ids['A'], at: 7, title: 'Second' });
  expect(split).toMatchObject({
    topic: { markdown: 'one 🐝\n' },
    newTopic: { markdown: 'two\n', depth: 1 },
  });
  expect(await tree.outline()).toEqual(['A', '  B', 'Second']);
  const { id: fromId } = split['newTopic'] as { id: string };
  await content.topic(author, subjectId, 'Below', { parentId: fromId });
  const merged = await tree.do('mergeTopics', { intoId: ids['A'], fromId });
  expect(merged).toMatchObject({ topic: { markdown: 'one 🐝\n\n## Second\n\ntwo\n' } });
  expect(await tree.outline()).toEqual(['A', '  B', '  Below']);
  expect(await counters(subjectId)).toEqual({ exact: true, archived: 1 });
  for (const intoId of [ids['A'], ids['B']]) {
    expect(await tree.do('mergeTopics', { intoId, fromId: ids['A'] })).toMatchObject({
      code: 'TOPIC_CYCLE',
    });
  }
});

test('nothing is merged out of a subject of others, nor into a text that is too long', async () => {
  const [tree, other] = [await grow('A', 'B'), await grow('X')];
  const { ids } = tree;
  const foreign = { intoId: ids['A'], fromId: other.ids['X'] };
  expect(await tree.do('mergeTopics', foreign)).toMatchObject({
    ...{ code: 'TOPIC_NOT_FOUND', path: ['input', 'fromId'] },
  });
  expect(await other.outline()).toEqual(['X']);
  // In the text of the database alone, as if both had been written so.
  await database.query(`UPDATE topic SET markdown = repeat('x', 125000) WHERE subject_id = $1`, [
    tree.subjectId,
  ]);
  const long = await tree.do('mergeTopics', { intoId: ids['A'], fromId: ids['B'] });
  expect(long).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'fromId'] });
  expect(await tree.outline()).toEqual(['A', 'B']);
});

test('a text is not split outside of it, and nothing is put below what is archived', async () => {
  const tree = await grow('A', 'B');
  const { ids } = tree;
  for (const at of [-1, 8]) {
    expect(await tree.do('splitTopic', { topicId: ids['A'], at, title: 'X' })).toMatchObject({
      path: ['input', 'at'],
    });
  }
  await tree.do('archiveTopic', { topicId: ids['B'] });
  const hidden = { topicId: ids['A'], parentId: ids['B'] };
  expect(await tree.do('moveTopic', hidden)).toMatchObject({
    ...{ code: 'TOPIC_NOT_FOUND', path: ['input', 'parentId'] },
  });
  expect(await tree.outline()).toEqual(['A']);
});

test('a tree may not become deeper than 32 levels by a move or a copy', async () => {
  const letters = Array.from({ length: 20 }, (_, n) => `n${n}`);
  const tree = await grow(...letters.map((_, n) => letters.slice(0, n + 1).join('.')), 'Z', 'Z.Y');
  const deep = { topicId: tree.ids['n5'], parentId: tree.ids['n19'] };
  expect(await tree.do('copyTopic', deep)).toMatchObject({ code: 'TOPIC_TOO_DEEP' });
  const moved = await tree.do('moveTopic', { topicId: tree.ids['Z'], parentId: tree.ids['n19'] });
  expect(moved).toMatchObject({ topic: { depth: 21 } });
  const { topic: twin } = await tree.do('copyTopic', { topicId: tree.ids['n0'] });
  const onto = { topicId: (twin as { id: string }).id, parentId: tree.ids['n19'] };
  expect(await tree.do('moveTopic', onto)).toMatchObject({ code: 'TOPIC_TOO_DEEP' });
});

test('a whole tree with its references and backlinks costs one statement each', async () => {
  const { subjectId, author } = await grow('A', 'A.B', 'C');
  for (const n of [1, 2, 3]) {
    await content.topic(author, subjectId, `Link ${n}`, { markdown: 'see [[A]] and [b](#b)' });
  }
  const document = `query ($id: ID!) { subject(id: $id) { topics {
    title references { written topic { title } } backlinks { title } } } }`;
  const statements = await countStatements(() => content.as().run(document, { id: subjectId }));
  expect(statements).toBeLessThanOrEqual(4);
});
