import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  isOpening,
  isStream,
  subscribeOnSubgraph,
  type UserViewer,
} from '@civitas/platform/subgraph';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

/** OSSU's computer science curriculum, as the demo has it. */
const CURRICULUM = readFileSync(
  new URL('../../../../apps/local/src/demo/data/computer-science.md', import.meta.url),
);

const IMPORT = /* GraphQL */ `
  mutation ($input: ImportSubjectFileInput!) {
    importSubjectFile(input: $input) {
      ... on ImportSubjectFileSuccess { subject { id } }
      ... on ImportRefused { reason message }
      ... on InvalidInput { code path }
    }
  }
`;
const EXPORT = /* GraphQL */ `
  query ($id: ID!, $format: SubjectFormat!) {
    subject(id: $id) { export(format: $format) { fileName mediaType text base64 } }
  }
`;
const TREE = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) { title description topics { title heading markdown depth } }
  }
`;
const PROGRESS = /* GraphQL */ `
  subscription ($id: String!) { subjectImportProgress(importId: $id) { stage done total subject { id } } }
`;

async function importFile(
  viewer: UserViewer,
  file: Uint8Array | string,
  fileName: string,
  more: Record<string, unknown> = {},
) {
  const input = { file: Buffer.from(file).toString('base64'), fileName, ...more };
  return (await content.as(viewer).run(IMPORT, { input })).importSubjectFile;
}

async function exportFile(viewer: UserViewer, id: string, format: string) {
  const { subject } = await content.as(viewer).run(EXPORT, { id, format });
  return { ...subject.export, bytes: Buffer.from(subject.export.base64, 'base64') };
}

const treeOf = async (viewer: UserViewer, id: string) =>
  (await content.as(viewer).run(TREE, { id })).subject;

test('the real curriculum comes out byte for byte, and equal through every format', async () => {
  const author = content.somebody();
  const { subject } = await importFile(author, CURRICULUM, 'computer-science.md');
  const original = await treeOf(author, subject.id);
  expect(original.topics.length).toBeGreaterThan(20);
  const markdown = await exportFile(author, subject.id, 'MARKDOWN');
  expect(markdown.bytes.equals(CURRICULUM)).toBe(true);
  for (const format of ['MARKDOWN', 'MARKDOWN_ZIP', 'OPML', 'FREEMIND', 'JSON']) {
    const file = await exportFile(author, subject.id, format);
    const again = await importFile(author, file.bytes, file.fileName);
    expect({ format, tree: await treeOf(author, again.subject.id) }).toEqual({
      format,
      tree: original,
    });
    const back = await exportFile(author, again.subject.id, 'MARKDOWN');
    expect({ format, isSame: back.bytes.equals(CURRICULUM) }).toEqual({ format, isSame: true });
  }
});

test('a file of megabytes is read as one of bytes is', async () => {
  const author = content.somebody();
  const note = 'Bees fly. '.repeat(19_000);
  const outlines = Array.from({ length: 10 }, (_, n) => `<outline text="${n}" _note="${note}"/>`);
  const opml = `<opml version="2.0"><body>${outlines.join('')}</body></opml>`;
  const { subject } = await importFile(author, opml, 'bees.opml', { title: 'Bees' });
  const { topics } = await treeOf(author, subject.id);
  expect(topics).toHaveLength(10);
  expect(topics[9].markdown.trim()).toBe(note.trim());
});

test('texts with everything that formats are afraid of survive all of them', async () => {
  const author = content.somebody();
  const title = 'A "title" <with> & 🐝 \' ]]> --- #';
  const subjectId = await content.subject(author, {
    title,
    description: 'a: b\n---\n<b>&amp;</b>',
  });
  const text = '\n  - a\ttab\n\n"quotes" <tags> &amp; &#10; ]]> \\n `code`\n---\ntitle: no\n\n\n';
  const a = await content.topic(author, subjectId, 'Same', { markdown: text });
  await content.topic(author, subjectId, 'Same', { parentId: a.id, markdown: '   leading' });
  await content.topic(author, subjectId, '../../etc/passwd', { markdown: '' });
  await content.topic(author, subjectId, '🐝', { markdown: '\n' });
  await content.topic(author, subjectId, 'Brackets', { markdown: '[{'.repeat(100) });
  const original = await treeOf(author, subjectId);
  for (const format of ['MARKDOWN_ZIP', 'OPML', 'FREEMIND', 'JSON']) {
    const file = await exportFile(author, subjectId, format);
    const again = await importFile(author, file.bytes, file.fileName);
    expect({ format, tree: await treeOf(author, again.subject?.id) }).toEqual({
      format,
      tree: original,
    });
  }
});

test('a tree that was made and moved here becomes headings of its levels', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author, { title: 'Bees' });
  const a = await content.topic(author, subjectId, 'A', { markdown: 'text a' });
  const b = await content.topic(author, subjectId, 'B', { parentId: a.id, markdown: 'text b\n' });
  await content.topic(author, subjectId, 'C', { parentId: b.id });
  await content.topic(author, subjectId, 'D', { markdown: '\ntext d\n' });
  const { text } = await exportFile(author, subjectId, 'MARKDOWN');
  expect(text).toBe('# Bees\n\n## A\n\ntext a\n\n### B\n\ntext b\n\n#### C\n\n## D\n\ntext d\n');
  const again = await importFile(author, text, 'bees.md');
  const { topics } = await treeOf(author, again.subject.id);
  expect(topics.map(({ title, depth }: { title: string; depth: number }) => depth + title)).toEqual(
    ['1A', '2B', '3C', '1D'],
  );
});

test('a page of a mind map holds titles as text only', async () => {
  const author = content.somebody();
  const title = '</script><script>alert(1)</script>';
  const subjectId = await content.subject(author, { title });
  await content.topic(author, subjectId, '<img src=x onerror=alert(1)>');
  const { text, mediaType } = await exportFile(author, subjectId, 'MARKMAP');
  expect(mediaType).toBe('text/html; charset=utf-8');
  expect(text).not.toContain('<script>alert');
  expect(text).not.toContain('<img');
  const [, json = ''] = /id="tree">(.*?)<\/script>/.exec(text) ?? [];
  expect(JSON.parse(json).children[0].content).toBe('&lt;img src=x onerror=alert(1)&gt;');
});

const deep = (open: string, close: string, n: number) => open.repeat(n) + close.repeat(n);
const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
const bomb = zip(
  Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`${n}.md`, ' '.repeat(1_900_000)])),
);
const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>
  <opml version="2.0"><body><outline text="&b;"/></body></opml>`;
const external = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><map><node TEXT="&f;"/></map>`;

test.each([
  ['a billion laughs', laughs, 'x.opml', 'UNSAFE'],
  ['an external entity', external, 'x.mm', 'UNSAFE'],
  ['a broken outline', '<opml><body><outline></body></opml>', 'x.opml', 'NOT_READABLE'],
  [
    'an outline without end',
    `<opml><body>${deep('<outline text="a">', '</outline>', 5000)}</body></opml>`,
    'x.opml',
    'NESTED_TOO_DEEP',
  ],
  [
    'an outline of 33 levels',
    `<opml><body>${deep('<outline text="a">', '</outline>', 33)}</body></opml>`,
    'x.opml',
    'NESTED_TOO_DEEP',
  ],
  ['another XML', '<html><body/></html>', 'x.mm', 'NOT_READABLE'],
  ['no JSON', '{', 'x.json', 'NOT_READABLE'],
  ['another JSON', '{"format":"other"}', 'x.json', 'NOT_READABLE'],
  ['JSON without end', deep('[', ']', 100_000), 'x.json', 'NESTED_TOO_DEEP'],
  ['no zip', 'PK', 'x.zip', 'NOT_READABLE'],
  ['a zip bomb', bomb, 'x.zip', 'TOO_LARGE'],
  ['a zip that leads out', zip({ '../../evil.md': 'x' }), 'x.zip', 'UNSAFE'],
  ['a zip of an absolute path', zip({ '/etc/evil.md': 'x' }), 'x.zip', 'UNSAFE'],
  ['a zip of a Windows path', zip({ 'a\\..\\evil.md': 'x' }), 'x.zip', 'UNSAFE'],
  ['a zip of 40 levels', zip({ [`${'a/'.repeat(40)}x.md`]: 'x' }), 'x.zip', 'NESTED_TOO_DEEP'],
  [
    'a zip of 15,001 files',
    zip(Object.fromEntries(Array.from({ length: 15_001 }, (_, n) => [`${n}.txt`, '']))),
    'x.zip',
    'TOO_MANY_TOPICS',
  ],
  ['a zip of no text', zip({ 'x.md': 'a\u0000b' }), 'x.zip', 'NOT_TEXT'],
  [
    'a title without end',
    JSON.stringify({ format: 'civitas.subject', version: 1, title: 'x'.repeat(201), topics: [] }),
    'x.json',
    'TITLE_TOO_LONG',
  ],
])('%s is refused', async (_, file, fileName, reason) => {
  expect(await importFile(content.somebody(), file, fileName)).toMatchObject({ reason });
});

test('a folder of Markdown by somebody else becomes a tree of its folders', async () => {
  const author = content.somebody();
  const file = zip({
    'notes/README.md': 'About.\n',
    'notes/2-wasps.md': 'wasps\n',
    'notes/10-ants.md': 'ants\n',
    'notes/bees/index.md': '---\ntitle: Wild bees\ntags: [a]\n---\nbees\n',
    'notes/bees/honey.md': 'honey\n',
    'notes/picture.png': 'no text',
  });
  const { subject } = await importFile(author, file, 'notes.zip');
  expect(await treeOf(author, subject.id)).toMatchObject({
    title: 'Notes',
    description: 'About.\n',
    topics: [
      { title: 'Wasps', depth: 1, markdown: 'wasps\n' },
      { title: 'Ants', depth: 1 },
      { title: 'Wild bees', depth: 1, markdown: 'bees\n' },
      { title: 'Honey', depth: 2 },
    ],
  });
});

test('an import tells how far it is, to nobody but who does it', async () => {
  const author = content.somebody();
  const follow = (viewer: UserViewer) =>
    subscribeOnSubgraph(
      content.subgraph,
      { query: PROGRESS, variables: { id: 'one' } },
      { viewer, requestId: randomUUID(), signal: AbortSignal.timeout(20_000) },
    );
  const stranger = content.somebody();
  const streams = await Promise.all([follow(author), follow(stranger)]);
  const subjects = [];
  for (const viewer of [author, stranger]) {
    const file = await importFile(viewer, CURRICULUM, 'computer-science.md', { importId: 'one' });
    subjects.push(file.subject.id);
  }
  // Each stream ends with the import of its own viewer, though the author's was done before.
  for (const [index, stream] of streams.entries()) {
    if (!isStream(stream)) throw new Error('Not followed.');
    const told: { stage: string; subject: { id: string } | null }[] = [];
    for await (const result of stream) {
      if (isOpening(result)) continue;
      const { subjectImportProgress } = result.data as { subjectImportProgress: (typeof told)[0] };
      told.push(subjectImportProgress);
    }
    const stages = told.map(({ stage }) => stage);
    expect([stages[0], stages.at(-1)]).toEqual(['READING', 'DONE']);
    expect(stages).toContain('STORING');
    expect(told.at(-1)?.subject).toEqual({ id: subjects[index] });
  }
});
