import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { toMarkmap } from './to-markmap.ts';

const HOSTILE = `<img src=x onerror="document.title='owned'"></script><script>document.title='owned'</script>`;
const topic = (title: string, depth: number) => ({ title, depth, heading: null, markdown: '' });

test('the page draws its map in a browser without asking anybody, and no title does anything', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-markmap-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'map.html');
  const topics = [topic('Bees', 1), topic(HOSTILE, 2), topic('Honey & <b>wax</b>', 1)];
  const subject = { title: `A ${HOSTILE}`, description: '', heading: '', topics };
  await writeFile(path, toMarkmap(subject));

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const problems: string[] = [];
  const requested: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => problems.push(message.text()));
  page.on('request', (request) => requested.push(request.url()));
  const { href } = pathToFileURL(path);
  await page.goto(href);
  await page.waitForFunction("document.querySelectorAll('svg .markmap-node').length === 4");
  const shown = await page.evaluate("document.querySelector('svg').textContent");
  expect(shown).toContain('Honey & <b>wax</b>');
  expect(shown).toContain(HOSTILE);
  expect(await page.title()).toBe(`A ${HOSTILE}`);
  expect(await page.evaluate("document.querySelectorAll('img, svg b').length")).toBe(0);
  expect({ problems, requested }).toEqual({ problems: [], requested: [href] });
}, 60_000);
