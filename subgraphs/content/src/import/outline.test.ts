import { readFileSync } from 'node:fs';
import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { IMPORT_LIMITS } from './limits.ts';
import { type Outline, parseMarkdownOutline } from './outline.ts';

const CURRICULUM = readFileSync(
  new URL('../../../../apps/local/src/demo/data/computer-science.md', import.meta.url),
  'utf8',
);

function joined({ heading, introduction, topics }: Outline): string {
  return heading + introduction + topics.map((topic) => topic.heading + topic.markdown).join('');
}

/** The tree as indented titles. */
function tree(markdown: string): string[] {
  const { topics } = parseMarkdownOutline(markdown);
  return topics.map(({ title, depth }) => '  '.repeat(depth - 1) + title);
}

/** Pieces in which a divider that does not understand Markdown would see the wrong headings. */
const PIECES = [
  '# One\n',
  '## Two ##\n',
  '###### Six\n',
  '#\n',
  'Setext\n===\n',
  'Two lines\nof it\n---\n',
  '```\n# code\n',
  '```\n',
  '~~~~ md\n## code\n~~~\n~~~~\n',
  '    # indented code\n',
  '> # quoted\n',
  '- # in a list\n\n  ## deeper\n',
  '<!--\n# comment\n-->\n',
  '<div>\n# html\n</div>\n\n',
  'a | b\n:-- | --\n1 | 2\n---\n',
  '---\n',
  'text\n',
  'text [link](x) \\# no heading\n',
  '[ref]: <x>\n',
  '\n',
  '  \n',
  '\ttab\n',
  '---\ntitle: x\n---\n',
  'ünïcödé 😀 ',
  '#no heading\n',
];
const anyDocument = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.stringMatching(/^[#>\-=`~<*| \na1.]{0,12}$/)))
  .map((pieces) => pieces.join(''))
  .filter((source) => !/^[> ]*#{7,}[ \t]+\S/m.test(source));

test('nothing is lost: heading, introduction and topics in order are the source', () => {
  fc.assert(
    fc.property(anyDocument, (source) => {
      expect(joined(parseMarkdownOutline(source))).toBe(source);
    }),
    { numRuns: 1000 },
  );
});

test('a parent stands before its child, one level higher, and titles are never empty', () => {
  fc.assert(
    fc.property(anyDocument, (source) => {
      const { topics } = parseMarkdownOutline(source);
      for (const [index, { title, depth, parentIndex }] of topics.entries()) {
        expect(title).not.toBe('');
        expect(parentIndex ?? -1).toBeLessThan(index);
        expect(depth).toBe(parentIndex === null ? 1 : (topics[parentIndex]?.depth ?? 0) + 1);
      }
    }),
  );
});

test('the real curriculum becomes exactly its headings, each with its text', () => {
  expect(tree(CURRICULUM)).toEqual([
    'Contents',
    'Summary',
    'Community',
    'Curriculum',
    '  Prerequisites',
    '  Intro CS',
    '  Core CS',
    '    Core programming',
    '    Core math',
    '    CS Tools',
    '    Core systems',
    '    Core theory',
    '    Core security',
    '    Core applications',
    '    Core ethics',
    '  Advanced CS',
    '    Advanced programming',
    '    Advanced systems',
    '    Advanced theory',
    '    Advanced Information Security',
    '    Advanced math',
    '  Final project',
    '  Congratulations',
    'Code of conduct',
    '  How to show your progress',
    'Team',
  ]);
  const outline = parseMarkdownOutline(CURRICULUM);
  expect(joined(outline)).toBe(CURRICULUM);
  expect(outline.title).toBeNull();
  expect(outline.introduction).toMatch(/^<div align="center"[\s\S]*<\/div>\n\n$/);
  const links = (text: string) => text.match(/\]\([^)]+\)/g);
  expect(outline.topics.flatMap(({ markdown }) => links(markdown) ?? [])).toEqual(
    links(CURRICULUM),
  );
});

test('a table that ends in a thematic break is no heading', () => {
  expect(tree('# T\n\n# U\n\na | b\n:-- | :--\n1 | 2\n---\ntext\n')).toEqual(['T', 'U']);
});

test.each([
  ['code', '```\n# no\n```\n    # no\n'],
  ['HTML', '<!--\n# no\n-->\n\n<div>\n# no\n</div>\n'],
  ['a quote', '> # no\n> no\n> ---\n'],
  ['a list', '- # no\n\n1. no\n   ===\n'],
])('a heading inside %s stays text', (_, source) => {
  expect(tree(`## Yes\n${source}\n## Also\n`)).toEqual(['Yes', 'Also']);
});

test('setext headings, skipped levels and equal titles make the tree a reader expects', () => {
  const source = 'A\n===\n\n### B\n## C\n#### D\n## C\n\nE\nE\n---\n# F\n### G\n';
  expect(tree(source)).toEqual(['A', '  B', '  C', '    D', '  C', '  E E', 'F', '  G']);
  expect(tree('### first\n## second\n### third\n')).toEqual(['first', 'second', '  third']);
});

test.each([
  ['## [A **link**](https://example.org "t") to `code`', 'A link to code'],
  ['## ![Logo](x.png) Name', 'Logo Name'],
  ['## [Reference][r] &amp; \\*escape\\* ##\n\n[r]: https://example.org', 'Reference & *escape*'],
  ['## <a name="x"></a>Anchored <b>bold</b>', 'Anchored bold'],
  ['## ~~old~~ new   \tspaces', 'old new spaces'],
  ['##', 'Untitled'],
  ['## <br>', 'Untitled'],
])('the title of %j is plain text', (source, title) => {
  expect(parseMarkdownOutline(source).topics.map((topic) => topic.title)).toEqual([title]);
});

test.each([
  ['# T\ntext\n## A\n', 'T', 'text\n', ['A']],
  ['\n\nT\n=\n## A\n', 'T', '', ['A']],
  ['---\ntags: [x]\n# comment\n---\n\n# T\n## A\n', 'T', '', ['A']],
  ['intro\n# T\n## A\n', null, 'intro\n', ['T', '  A']],
  ['# T\n# U\n', null, '', ['T', 'U']],
  ['## A\n# T\n', null, '', ['A', 'T']],
])('%j has the title %j', (source, title, introduction, topics) => {
  const outline = parseMarkdownOutline(source);
  expect(outline).toMatchObject({ title, introduction });
  expect(tree(source)).toEqual(topics);
  expect(joined(outline)).toBe(source);
});

test('a heading that opens the document stays a topic when another title is given', () => {
  const titles = (given: string) =>
    parseMarkdownOutline('# T\n## A\n', IMPORT_LIMITS, given).topics.map(({ title }) => title);
  expect(titles('Other')).toEqual(['T', 'A']);
  expect(titles('T')).toEqual(['A']);
});

test('line ends of Windows and old Macs become line feeds, a byte order mark goes', () => {
  const outline = parseMarkdownOutline('\uFEFF# T\r\n## A\r\rtext\r\n');
  expect(joined(outline)).toBe('# T\n## A\n\ntext\n');
  expect(outline.title).toBe('T');
});

test('a thematic break at the start does not swallow headings as front matter', () => {
  expect(tree('---\n\n# A\n\n---\n\n# B\n')).toEqual(['A', 'B']);
});

test('text without any heading is introduction only', () => {
  expect(parseMarkdownOutline('just text')).toEqual({
    title: null,
    heading: '',
    introduction: 'just text',
    topics: [],
  });
});
