import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import type { TestGraph } from '../use-graph.ts';

const CHROMIUM = '/usr/bin/chromium';
const ENTRY = fileURLToPath(new URL('./editor-page.ts', import.meta.url));
/** The default is a second, and a machine may be busy. */
const PATIENCE = { timeout: 5_000 };

/** Characters of everything that live editing adds to a page, minified: 97,000 (29 kB gzipped), Yjs most of it. */
const MAX_BYTES = 110_000;

/** An editor as the page sees it. */
interface Editor {
  readonly status: string;
  readonly text: { insert(at: number, text: string): void; toString(): string };
  readonly awareness: {
    setLocalStateField(name: string, value: unknown): void;
    getStates(): Map<number, { cursor?: number; user?: { id: string } }>;
  };
  saved(): Promise<void>;
}

declare global {
  var topic: Editor;
}

const PICTURE = new URL('../../../src/demo/data/pictures/mind-map.png', import.meta.url);
const START = /* GraphQL */ `
  mutation ($input: StartAttachmentUploadInput!) {
    startAttachmentUpload(input: $input) {
      ... on StartAttachmentUploadSuccess { upload { id url } }
    }
  }
`;
const FINISH = /* GraphQL */ `
  mutation ($input: FinishAttachmentUploadInput!) {
    finishAttachmentUpload(input: $input) {
      ... on FinishAttachmentUploadSuccess { attachment { reference } }
    }
  }
`;
const UPDATE = 'mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }';
const HTML = 'query ($id: ID!) { topic(id: $id) { html } }';

/** Subgraphs are told where the gateway is before it has a port. */
function here(graph: TestGraph, text: string): string {
  return text.replaceAll('http://localhost:0/', `http://localhost:${new URL(graph.url).port}/`);
}

/** Begins, sends and finishes, as a client does; what texts call the picture. */
async function attach(graph: TestGraph, topicId: string, token: string): Promise<string> {
  const file = await readFile(PICTURE);
  const begun = await graph.ask(
    START,
    { input: { topicId, name: 'map.png', bytes: file.length } },
    token,
  );
  const { id, url } = begun.data.startAttachmentUpload.upload;
  expect((await fetch(here(graph, url), { method: 'PUT', body: file })).status).toBe(204);
  const finished = await graph.ask(FINISH, { input: { uploadId: id, altText: '' } }, token);
  return finished.data.finishAttachmentUpload.attachment.reference;
}

async function bundle() {
  const built = await rolldown({ input: ENTRY, platform: 'browser' });
  const { output } = await built.generate({ format: 'iife', minify: true });
  await built.close();
  return output[0];
}

/** Two people of one browser, on a whole graph, with what an app bundles. */
export function browserEditingTests(
  graph: TestGraph,
  addTopic: (token: string) => Promise<string>,
): void {
  test('two tabs edit one text with what an app bundles, see each other’s cursors, and the picture that one attaches', async () => {
    const page = await bundle();
    expect(page.imports).toEqual([]);
    expect(page.moduleIds.filter((id) => /\/yjs\//.test(id))).toHaveLength(1);
    expect(page.code.length).toBeLessThan(MAX_BYTES);

    const person = graph.world.people[0];
    const token = await graph.signIn(person?.handle ?? '');
    const topicId = await addTopic(token);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    onTestFinished(() => browser.close());
    const context = await browser.newContext({ bypassCSP: true });
    const open = async (): Promise<Page> => {
      const tab = await context.newPage();
      await tab.goto(`http://localhost:${new URL(graph.url).port}/health/live`);
      await tab.addScriptTag({ content: page.code });
      await tab.evaluate(
        `topic = open(${JSON.stringify(topicId)}, ${JSON.stringify(`Bearer ${token}`)})`,
      );
      await tab.evaluate(() => topic.saved());
      return tab;
    };
    const [one, other] = [await open(), await open()];
    await one.evaluate(async () => {
      topic.text.insert(0, 'Wild ');
      topic.awareness.setLocalStateField('cursor', 5);
      await topic.saved();
    });
    await other.evaluate(async () => {
      topic.text.insert(topic.text.toString().length, ' sting 🐝');
      await topic.saved();
    });
    for (const tab of [one, other]) {
      const text = () => tab.evaluate(() => topic.text.toString());
      await expect.poll(text, PATIENCE).toBe('Wild Bees sting 🐝');
    }
    const cursors = () =>
      other.evaluate(() =>
        [...topic.awareness.getStates().values()].flatMap(({ cursor, user }) =>
          cursor === undefined ? [] : [{ cursor, by: user?.id }],
        ),
      );
    await expect.poll(cursors, PATIENCE).toEqual([{ cursor: 5, by: person?.id }]);

    const reference = await attach(graph, topicId, token);
    const input = { topicId, markdown: `![A map](${reference})` };
    await graph.ask(UPDATE, { input }, token);
    const { data } = await graph.ask(HTML, { id: topicId });
    const shown = await other.evaluate(
      async (html) => {
        document.body.innerHTML = html;
        const [picture] = document.images;
        if (!picture) return html;
        // It is loaded when it is seen.
        await picture.decode();
        return [picture.alt, picture.naturalWidth, picture.naturalHeight];
      },
      here(graph, data.topic.html),
    );
    expect(shown).toEqual(['A map', 480, 270]);
  });
}
