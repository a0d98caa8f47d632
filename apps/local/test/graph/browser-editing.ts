import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import type { TestGraph } from './use-graph.ts';

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
  test('two tabs edit one text with what an app bundles, and see each other’s cursors', async () => {
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
  });
}
