import { UserFailure } from '@civitas/platform/errors';
import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { expect, test } from 'vitest';
import { decodeMarkdown } from './decode-markdown.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { parseMarkdownOutline } from './outline.ts';

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (!(error instanceof UserFailure)) throw error;
    const { code, reason, line, message } = error.data;
    const namesItsLine = typeof line !== 'number' || message.includes(`Line ${line}: `);
    return code === 'IMPORT_REFUSED' && namesItsLine ? [reason, line] : error.data;
  }
  return null;
}

const MEBIBYTE = 1024 * 1024;

test.each([
  ['seven hashes', 'a\n\n####### seven\n', ['NESTED_TOO_DEEP', 3]],
  ['seven hashes behind text', 'a\nb\n####### seven\n', ['NESTED_TOO_DEEP', 3]],
  ['seven hashes in a quote', '# a\n> text\n> ######## eight\n', ['NESTED_TOO_DEEP', 3]],
  ['a heading in seven quotes', `a\n\n${'> '.repeat(7)}# deep\n`, ['NESTED_TOO_DEEP', 3]],
  ['a heading in seven lists', `${'- '.repeat(7)}# deep\n`, ['NESTED_TOO_DEEP', 1]],
  ['thirty quotes', `a\n\n${'>'.repeat(30)} text\n`, ['NESTED_TOO_DEEP', 3]],
  ['a title of 201 characters', `# ok\n## ${'x'.repeat(201)}\n`, ['TITLE_TOO_LONG', 2]],
  ['endless markup in a heading', `# ok\n## ${'['.repeat(50_000)}\n`, ['TITLE_TOO_LONG', 2]],
  ['a NUL character', 'a\nb\u0000', ['NOT_TEXT', 2]],
  ['an escape character', 'a\r\nb\r\n\u001b[1m', ['NOT_TEXT', 3]],
  ['half a surrogate pair', 'a\ud800', ['NOT_TEXT', 1]],
  ['more than 5,000 headings', '# a\n'.repeat(5_001), ['TOO_MANY_TOPICS', 5_001]],
  ['more than 2 MiB in UTF-8', 'ä'.repeat(MEBIBYTE + 1), ['TOO_LARGE', null]],
  ['more than 100,000 lines', 'a\n'.repeat(100_000), ['TOO_LARGE', null]],
])('%s is refused with its line', (_, source, expected) => {
  expect(refusal(() => parseMarkdownOutline(source))).toEqual(expected);
});

test.each([
  ['seven hashes in code', '```\n####### seven\n```\n\n    ####### seven\n'],
  ['seven escaped hashes', '\\####### seven\n'],
  ['a rule of hashes', '####################\n'],
  ['a heading in six quotes', `${'> '.repeat(6)}# deep\n`],
  ['a title of 200 characters', `# ${'x'.repeat(200)}\n`],
  ['a long link in a heading', `# [x](https://example.org/${'x'.repeat(2_000)})\n`],
  ['5,000 headings', '# a\n'.repeat(5_000)],
])('%s is accepted', (_, source) => {
  expect(refusal(() => parseMarkdownOutline(source))).toBeNull();
});

test('a lower limit of levels refuses the first heading below it', () => {
  const limits = { ...IMPORT_LIMITS, maxDepth: 2 };
  expect(refusal(() => parseMarkdownOutline('# a\n## b\n### c\n', limits))).toEqual([
    'NESTED_TOO_DEEP',
    3,
  ]);
});

test.each([
  ['NUL bytes', Buffer.from('a\nb\n\0'), ['NOT_TEXT', 3]],
  ['bytes that are not UTF-8', Buffer.from([0x61, 0x0a, 0x62, 0xff, 0x0a]), ['NOT_TEXT', 2]],
  ['a cut character at the end', Buffer.from('a\nä').subarray(0, 3), ['NOT_TEXT', 2]],
  ['UTF-16', Buffer.from('# Title\n', 'utf16le'), ['NOT_TEXT', 1]],
  ['more than 2 MiB', Buffer.alloc(2 * MEBIBYTE + 1, 'a'), ['TOO_LARGE', null]],
])('a file of %s is refused with its line', (_, bytes, expected) => {
  expect(refusal(() => decodeMarkdown(bytes))).toEqual(expected);
});

test('a file in UTF-8 is read as it is', () => {
  const text = '# Ünï 😀\r\n\uFEFF\uFFFD';
  expect(decodeMarkdown(Buffer.from(text))).toBe(text);
});

/** Each made a parser take minutes that backtracks or looks behind; see also `maxLines`. */
test.each([
  ['quotes in one line', '>'.repeat(2 * MEBIBYTE)],
  ['lists in one line', '- '.repeat(MEBIBYTE)],
  ['lazy lines behind quotes', `${'>'.repeat(19)}a\n${'a\n'.repeat(99_000)}`],
  ['setext headings', 'a\n===\n'.repeat(49_000)],
  ['open brackets', '['.repeat(2 * MEBIBYTE)],
  ['definitions', '[a]:\n'.repeat(99_000)],
  ['blank lines and no front matter', `---\na: b\n${'a\n'.repeat(99_000)}`],
])('2 MiB or 100,000 lines of %s are decided within five seconds', async (_, source) => {
  expect(await cpuMsOf(() => refusal(() => parseMarkdownOutline(source)))).toBeLessThan(5_000);
});
