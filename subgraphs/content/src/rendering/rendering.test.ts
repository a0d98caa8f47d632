import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';
import { readTopicText } from './render-topic.ts';
import { createTextRenderer } from './text-renderer.ts';

const content = useContent({ renderLimitMs: 2_500 });
const html = (markdown: string) => readTopicText(markdown).html(new Map());

test.each([
  ['a *b* **c** ~~d~~ `e`', '<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n'],
  [
    'see [[Wild Bees|them]]',
    '<p>see <a href="#wild-bees" rel="nofollow noopener noreferrer">them</a></p>\n',
  ],
  ['- [x] done\n- [ ] not', 'type="checkbox" disabled checked'],
  ['| a |\n|---|\n| b |', '<td>b</td>'],
  ['# One\n# One', '<h1 id="h-one-1">'],
  ['```js\nconst a = 1;\n```', '<span class="hljs-keyword">const</span>'],
  ['$a^2$', '<msup><mi>a</mi><mn>2</mn></msup>'],
  ['it costs $5 or $6', '<p>it costs $5 or $6</p>\n'],
  ['https://example.org', '<a href="https://example.org" rel="nofollow noopener noreferrer">'],
  ['![bee](https://example.org/b.png)', 'loading="lazy"'],
])('%j is rendered', (markdown, expected) => {
  expect(html(markdown)).toContain(expected);
});

// What OWASP's filter evasion cheat sheet and the test suites of renderers try.
test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](&#x6A;avascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](  javascript:alert(1))',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](https://example.org/"onerror="alert(1))',
  '![x](data:image/svg+xml;base64,PHN2Zz4=)',
  '[x](https://example.org "onmouseover=\\"alert(1)")',
  '[a]: javascript:alert(1)\n\n[a]',
  '```"><script>alert(1)</script>\nx\n```',
  '```js\n</code></pre><script>alert(1)</script>\n```',
  '# <a id="x" onclick=alert(1)>x</a>',
  '[[<img src=x onerror=alert(1)>]]',
  '[[x|<script>alert(1)</script>]]',
  '$\\href{javascript:alert(1)}{x}$',
  '$\\htmlData{onclick=alert(1)}{x}$',
  '$$\\url{javascript:alert(1)}$$',
  '$</math><script>alert(1)</script>$',
  '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
  '<style>*{background:url(javascript:alert(1))}</style>',
  '<form action="javascript:alert(1)"><button>x</button></form>',
  '<details open ontoggle=alert(1)>',
  '<base href="https://evil.example">',
  '[x](//evil.example "t")<!-- --!><script>alert(1)</script>',
])('%j does nothing', (markdown) => {
  const made = html(markdown);
  // Whatever is left of it stands in text, where it means nothing: look at tags and attributes only.
  const tags = made.match(/<[a-z][^>]*>/gi) ?? [];
  for (const tag of tags) {
    expect(tag).not.toMatch(/^<(?:script|iframe|svg|style|form|button|base|details|object|embed)/i);
    expect(tag).not.toMatch(/\son\w+\s*=/i);
    expect(tag).not.toMatch(/(?:href|src|action)="\s*(?:javascript|vbscript|data):/i);
  }
});

test('headings, words and minutes are counted as they are read', () => {
  const { headings, wordCount } = readTopicText(
    '# The `bee`\n\nOne two three.\n\n## Sub *part*\n\n```\nnone of all this is counted\n```\n\n蜜蜂采蜜\n',
  );
  expect(headings).toEqual([
    { level: 1, text: 'The bee', anchor: 'h-the-bee' },
    { level: 2, text: 'Sub part', anchor: 'h-sub-part' },
  ]);
  // Four characters of Chinese are two to four words, as the segmenter has it.
  expect(wordCount - (2 + 3 + 2)).toBeGreaterThanOrEqual(2);
  expect(wordCount - (2 + 3 + 2)).toBeLessThanOrEqual(4);
});

/** A quarter of a million characters that take a thread long, each in another way. */
const hostile = {
  // A row is filled up to the width of its table, so that the work is the product of both.
  tables: `|${'a|'.repeat(80)}\n|${'-|'.repeat(80)}\n${'|a\n'.repeat(800)}\n`.repeat(90),
  highlighting: `\`\`\`ini\n${'0'.repeat(19_900)}\n\`\`\`\n`.repeat(12),
};
const whole = (part: string) => part.repeat(Math.floor(250_000 / part.length));

test.each(Object.entries(hostile))(
  'hostile %s end with a code, meanwhile others are answered, and afterwards, too',
  async (_, markdown) => {
    expect(markdown.length).toBeLessThanOrEqual(250_000);
    const renderer = createTextRenderer({ limitMs: 300 });
    onTestFinished(() => renderer.stop());
    const order: string[] = [];
    const render = (text: string) => renderer.render({ markdown: text, files: [] });
    const outcome = render(markdown).then(
      () => 'rendered',
      ({ code }: { code: string }) => {
        order.push('hostile');
        return code;
      },
    );
    await wait(20);
    order.push('timer');
    expect(await outcome).toBe('TEXT_TOO_COMPLEX');
    expect(order).toEqual(['timer', 'hostile']);
    // Who asks again does not cost a thread again.
    await expect(render(markdown)).rejects.toMatchObject({ code: 'TEXT_TOO_COMPLEX' });
  },
);

test('nested brackets, quotes, lists, emphasis and formulas without end settle, whatever their length', async () => {
  const renderer = createTextRenderer({ limitMs: 300, patienceMs: 600 });
  onTestFinished(() => renderer.stop());
  const parts = ['[', '![', '*a **b ', '`', '> ', '$a', '[[', '<', '- ', '~~', 'a_', '# a\n'];
  const texts = [...parts.map(whole), '[a'.repeat(40_000) + '](b)'.repeat(40_000)];
  const outcomes = await Promise.all(
    texts.map((markdown) =>
      renderer.render({ markdown, files: [] }).then(
        ({ html: made }) => typeof made,
        (error: { code?: string }) => error.code,
      ),
    ),
  );
  const settled = ['string', 'TEXT_TOO_COMPLEX', 'SERVICE_UNAVAILABLE'];
  for (const outcome of outcomes) expect(settled).toContain(outcome);
});

test('a thread that is kept from its work is waited for, and in the end only that is said', async () => {
  // Sleeps for so long as its text says, which takes no time of a processor.
  const source = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ markdown }) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, markdown.length);
      parentPort.postMessage({ html: 'slept', headings: [], wordCount: 0 });
    });
    parentPort.postMessage('ready');`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const renderer = createTextRenderer({ limitMs: 200, patienceMs: 1_000, script });
  onTestFinished(() => renderer.stop());
  const render = (ms: number) => renderer.render({ markdown: 'x'.repeat(ms), files: [] });
  expect(await render(500)).toMatchObject({ html: 'slept' });
  const starved = render(60_000);
  await expect(starved).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(await render(500)).toMatchObject({ html: 'slept' });
});

test('of a topic that is too complex all is answered but what its text was rendered for', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  await content.topic(author, subjectId, 'A', { markdown: hostile.highlighting });
  await content.topic(author, subjectId, 'B', { markdown: 'short' });
  const { data, errors } = await content
    .as()
    .execute('query ($id: ID!) { subject(id: $id) { topics { title html wordCount } } }', {
      id: subjectId,
    });
  expect(data).toEqual({
    subject: {
      topics: [
        { title: 'A', html: null, wordCount: null },
        { title: 'B', html: '<p>short</p>\n', wordCount: 1 },
      ],
    },
  });
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
    'TEXT_TOO_COMPLEX',
    'TEXT_TOO_COMPLEX',
  ]);
});

test('a topic answers with its text as HTML, its contents and its length', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const markdown = `# Bees\n\n${'word '.repeat(201)}\n`;
  const { id } = await content.topic(author, subjectId, 'A', { markdown });
  const { topic } = await content
    .as()
    .run(
      'query ($id: ID!) { topic(id: $id) { html wordCount readingMinutes tableOfContents { anchor level text } } }',
      { id },
    );
  expect(topic).toMatchObject({
    wordCount: 202,
    readingMinutes: 2,
    tableOfContents: [{ anchor: 'h-bees', level: 1, text: 'Bees' }],
  });
  expect(topic.html).toMatch(/^<h1 id="h-bees">Bees<\/h1>\n<p>word/);
});
