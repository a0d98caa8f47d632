import { newId } from '@civitas/platform/ids';
import pg from 'pg';
import { expect, test } from 'vitest';
import { countStatements, useContent } from '../testing/use-content.ts';
import { readMarks } from './marked-text.ts';

const content = useContent();

const SEARCH = /* GraphQL */ `
  query ($query: String!, $scope: SearchScope! = PUBLIC, $subjectId: ID, $first: Int! = 20, $after: String) {
    search(query: $query, scope: $scope, subjectId: $subjectId, first: $first, after: $after) {
      edges { node { subject { title } topic { title } title { text found } snippet { text found } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

type Person = ReturnType<typeof content.somebody>;
interface Part {
  readonly text: string;
  readonly found: boolean;
}
interface Node {
  readonly subject: { readonly title: string };
  readonly topic: { readonly title: string } | null;
  readonly title: readonly Part[];
  readonly snippet: readonly Part[];
}

async function find(query: string, more: object = {}, viewer?: Person): Promise<Node[]> {
  const { search } = await content.as(viewer).run(SEARCH, { query, ...more });
  return search.edges.map(({ node }: { node: Node }) => node);
}

const titles = (nodes: readonly Node[]) =>
  nodes.map(({ topic, subject }) => (topic ?? subject).title);
const found = (parts: readonly Part[]) =>
  parts.filter((part) => part.found).map(({ text }) => text);
const whole = (parts: readonly Part[]) => parts.map(({ text }) => text).join('');

/** A subject of its own vocabulary, because all tests of a file share one database. */
async function shelf(visibility = 'PUBLIC') {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Zymurgy basics', visibility });
  await content.topic(author, id, 'Fermentation', {
    markdown: 'Yeast turns *maltose* into alcohol. Keep the crème de la crème cool.\n',
  });
  await content.topic(author, id, 'Sparging', {
    markdown: 'Rinse the grain; fermentation comes later. <script>alert("maltose")</script>\n',
  });
  return { author, id };
}

test('topics are found by any word of title and text, title first, marked where it stands', async () => {
  const { id } = await shelf();
  const hits = await find('fermentation', { subjectId: id });
  expect(titles(hits)).toEqual(['Fermentation', 'Sparging']);
  expect(found(hits[0]?.title ?? [])).toEqual(['Fermentation']);
  expect(hits[0]?.snippet).toEqual([]);
  expect(found(hits[1]?.snippet ?? [])).toEqual(['fermentation']);
});

test('a subject is found by its own title', async () => {
  const { id } = await shelf();
  const [hit] = await find('zymurgy', { subjectId: id });
  expect(hit).toMatchObject({ subject: { title: 'Zymurgy basics' }, topic: null });
});

test.each([
  ['FERMENTATION', 'other letter case'],
  ['ferment', 'the beginning'],
  ['fermentaton', 'a letter left out'],
  ['fremntation', 'letters swapped'],
  ['creme', 'no accents'],
  ['crème', 'accents'],
  ['maltose alcohol', 'two words of one text'],
  ['yeast fermentaiton', 'a word of the text and a wrong one of the title'],
])('%s finds the topic by %s', async (query) => {
  const { id } = await shelf();
  expect(titles(await find(query, { subjectId: id }))).toContain('Fermentation');
});

test('all words must be there', async () => {
  const { id } = await shelf();
  expect(await find('yeast grain', { subjectId: id })).toEqual([]);
});

test('what was typed stands before what may have been meant', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Two words' });
  await content.topic(author, id, 'Sauternes');
  await content.topic(author, id, 'Notes', { markdown: 'Somewhere the word Sauterne stands.' });
  expect(titles(await find('sauterne', { subjectId: id }))[0]).toBe('Sauternes');
  await content.topic(author, id, 'Sauterna');
  expect(titles(await find('sauterna', { subjectId: id }))[0]).toBe('Sauterna');
});

test('markup in a text comes back as the text it is', async () => {
  const { id } = await shelf();
  const hits = await find('maltose', { subjectId: id });
  const script = hits.find(({ topic }) => topic?.title === 'Sparging');
  expect(whole(script?.snippet ?? [])).toContain('<script>alert("maltose")</script');
});

test('a question that is found shows nothing of its solution', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Exam' });
  const quiz = (right: string) =>
    `\`\`\`quiz\nWhich numbat?\n- [x] ${right}\n- [ ] Dingo\n\`\`\`\n`;
  const markdown = `First.\n\n${quiz('Potoroo')}\nA potoroo in between.\n\n${quiz('Bettong')}`;
  await content.topic(author, id, 'Questions', { markdown });
  for (const query of ['numbat', 'potoroo', 'bettong']) {
    const [hit] = await find(query, { subjectId: id });
    expect(whole(hit?.snippet ?? [])).not.toContain('[x]');
  }
  expect(whole((await find('potoroo', { subjectId: id }))[0]?.snippet ?? [])).toContain(
    'in between',
  );
});

test('marks that an author writes mark nothing', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Forgery' });
  await content.topic(author, id, 'Marks', { markdown: 'a \uE000forged\uE001 mark and a quokka' });
  const [hit] = await find('quokka', { subjectId: id });
  expect(found(hit?.snippet ?? [])).toEqual(['quokka']);
  expect(readMarks('a \uE000b\uE001 c')).toEqual([
    { text: 'a ', found: false },
    { text: 'b', found: true },
    { text: ' c', found: false },
  ]);
});

test('private texts are found by their author alone, and only among what is theirs', async () => {
  const { author, id } = await shelf('PRIVATE');
  const open = await shelf();
  expect(await find('fermentation', { subjectId: id })).toEqual([]);
  expect(await find('fermentation', { subjectId: id }, author)).toEqual([]);
  expect(titles(await find('fermentation', { scope: 'MINE' }, author))).toEqual([
    'Fermentation',
    'Sparging',
  ]);
  expect(await find('fermentation', { scope: 'MINE', subjectId: open.id }, author)).toEqual([]);
  expect(await content.as().codes(SEARCH, { query: 'x', scope: 'MINE' })).toEqual([
    'UNAUTHENTICATED',
  ]);
});

test('among what is mine is what I was invited to, from my acceptance until I am removed', async () => {
  const { author, id } = await shelf('PRIVATE');
  const friend = content.somebody();
  const run = (viewer: Person, name: string, input: object) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
    return content.as(viewer).run(query, { input });
  };
  const mine = async () => titles(await find('fermentation', { scope: 'MINE' }, friend));
  await run(author, 'inviteToSubject', { subjectId: id, userId: friend.id, role: 'VIEWER' });
  expect(await mine()).toEqual([]);
  await run(friend, 'answerSubjectInvitation', { subjectId: id, accept: true });
  expect(await mine()).toEqual(['Fermentation', 'Sparging']);
  expect(titles(await find('zymurgy', { scope: 'MINE', subjectId: id }, friend))).toHaveLength(1);
  const db = new pg.Client({ connectionString: content.databaseUrl });
  await db.connect();
  await db.query('UPDATE subject_member SET expires_at = now() WHERE subject_id = $1', [id]);
  expect(await mine()).toEqual([]);
  await db.query('UPDATE subject_member SET expires_at = NULL WHERE subject_id = $1', [id]);
  await db.end();
  expect(await mine()).toHaveLength(2);
  await run(author, 'removeSubjectCollaborator', { subjectId: id, userId: friend.id });
  expect(await mine()).toEqual([]);
});

test('a changed text is found by its new words only, an archived one by none', async () => {
  const { author, id } = await shelf();
  const topic = await content.topic(author, id, 'Bottling', { markdown: 'crown corks' });
  const change = /* GraphQL */ `
    mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
  `;
  await content.as(author).run(change, { input: { topicId: topic.id, markdown: 'swing tops' } });
  expect(await find('corks', { subjectId: id })).toEqual([]);
  expect(titles(await find('swing', { subjectId: id }))).toEqual(['Bottling']);
  const archive = /* GraphQL */ `
    mutation ($input: ArchiveTopicInput!) { archiveTopic(input: $input) { __typename } }
  `;
  await content.as(author).run(archive, { input: { topicId: topic.id } });
  expect(await find('swing', { subjectId: id })).toEqual([]);
});

test('pages follow each other without gap or repetition', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Pages' });
  for (let n = 0; n < 5; n += 1) await content.topic(author, id, `Quince ${n}`);
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { search } = await content
      .as()
      .run(SEARCH, { query: 'quince', subjectId: id, first: 2, after });
    seen.push(...search.edges.map(({ node }: { node: Node }) => node.topic?.title ?? ''));
    after = search.pageInfo.hasNextPage ? search.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4].map((n) => `Quince ${n}`));
});

test.each([
  [{ query: '' }, 'BAD_USER_INPUT'],
  [{ query: ' ... !!! ' }, 'BAD_USER_INPUT'],
  [{ query: 'x'.repeat(201) }, 'BAD_USER_INPUT'],
  [{ query: 'x', first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ query: 'x', after: 'x' }, 'MALFORMED_CURSOR'],
  [{ query: 'x', subjectId: 'NOT_A_VALID_ID' }, 'MALFORMED_ID'],
])('search(%j) is refused with %s', async (variables, code) => {
  expect(await content.as().codes(SEARCH, variables)).toEqual([code]);
});

test.each([
  "' OR 1=1 --",
  'a & | ! ( <-> b',
  "x':*",
  '\u0000\u0001 y',
  '𝒳𝒴 ⅷ ½ ²',
  'e\u0301clair',
  '%_\\',
])('nothing in %j means anything but words', async (query) => {
  expect(
    (await content.as().execute(SEARCH, { query })).errors?.[0]?.extensions?.['code'],
  ).toBeOneOf([undefined, 'BAD_USER_INPUT']);
});

test('no text is too wild to be saved, and its beginning is found', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Wild' });
  // As many different words of four-byte letters as the limits of a topic allow.
  const word = (n: number) =>
    Array.from(n.toString(36).padStart(4, '0'), (c) =>
      String.fromCodePoint(0x10400 + (c.charCodeAt(0) % 40)),
    ).join('');
  const markdown = `bandicoot ${Array.from({ length: 49_000 }, (_, n) => word(n)).join(' ')}`;
  await content.topic(author, id, 'Words', { markdown });
  expect(titles(await find('bandicoot', { subjectId: id }))).toEqual(['Words']);
});

test('writers and searches at once wait for nobody for good, and every word is learned', async () => {
  const author = content.somebody();
  const id = await content.subject(author, { title: 'Crowd' });
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await content.topic(author, id, `Wombat ${n}`, { markdown: `pademelon ${n} marsupial` });
      await find('marsupial', { subjectId: id });
    }),
  );
  expect(await find('pademelom', { subjectId: id })).toHaveLength(20);
});

test('a page costs as many statements as a longer page', async () => {
  const { id } = await shelf();
  const cost = (first: number) =>
    countStatements(() => find('fermentation', { subjectId: id, first }));
  expect(await cost(1)).toBe(await cost(20));
});

test('an id of no subject finds nothing', async () => {
  expect(await find('fermentation', { subjectId: newId('sub') })).toEqual([]);
});

test('of a word in more texts than are ranked, those with it in the title come first', async () => {
  const author = content.somebody();
  const [id = '', ...crowds] = await Promise.all(
    ['Few', 'Many', 'More'].map((title) => content.subject(author, { title })),
  );
  const db = new pg.Client({ connectionString: content.databaseUrl });
  await db.connect();
  await db.query(
    `INSERT INTO topic (id, subject_id, depth, position, title, markdown, created_at, updated_at)
     SELECT subject || number, subject, 1, 'c' || lpad(number::text, 6, '0'), 'Member',
            'A quockerwodger more.', now(), now()
     FROM unnest($1::text[]) AS subject, generate_series(1, 1001) AS number`,
    [crowds],
  );
  await db.end();
  await content.topic(author, id, 'Last of all', { markdown: 'A quockerwodgers thing.\n' });
  await content.topic(author, id, 'Quockerwodger', { markdown: 'Late.\n' });
  expect(titles(await find('quockerwodger', { first: 1 }))).toEqual(['Quockerwodger']);
});
