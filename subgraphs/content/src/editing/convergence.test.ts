import { setTimeout as delay } from 'node:timers/promises';
import type { UserViewer } from '@civitas/platform/subgraph';
import { startTestRedis } from '@civitas/testkit';
import { type EditedTopic, editTopicOver, type Transport } from '@civitas/topic-editing';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { startEditingServer } from '../testing/start-editing-server.ts';
import { useContent } from '../testing/use-content.ts';

const content = useContent();

/** Processes are started three or four times one after the other, which takes long where others do, too. */
const STARTS = { timeout: 120_000 };

async function newTopic(markdown = ''): Promise<{ author: UserViewer; topicId: string }> {
  const author = content.somebody();
  const { id } = await content.topic(author, await content.subject(author), 'Live', { markdown });
  return { author, topicId: id };
}

function edit(transport: Transport, topicId: string, doc = new Y.Doc()): EditedTopic {
  const topic = editTopicOver(transport, { topicId, doc });
  onTestFinished(() => topic.close());
  return topic;
}

/** Each editor types its own words here and there for a while, a few times a second. */
async function type(topics: readonly EditedTopic[], perSecond: number, seconds: number) {
  const words: string[] = [];
  for (let round = 0; round < perSecond * seconds; round += 1) {
    topics.forEach(({ text }, editor) => {
      const word = `<${editor}.${round}>`;
      const { length } = text;
      // Between words, so that each can be found whole.
      const at = text.toString().indexOf('<', Math.floor(Math.random() * length));
      text.insert(at === -1 ? length : at, word);
      words.push(word);
    });
    await delay(1000 / perSecond);
  }
  return words;
}

async function expectConverged(topics: readonly EditedTopic[], words: readonly string[]) {
  await Promise.all(topics.map((topic) => topic.saved()));
  const first = topics[0] as EditedTopic;
  await expect
    .poll(() => new Set(topics.map(({ text }) => text.toString())).size, { timeout: 30_000 })
    .toBe(1);
  const found = new Set(first.text.toString().match(/<\d+\.\d+>/g));
  expect(words.filter((word) => !found.has(word))).toEqual([]);
  expect(found.size).toBe(words.length);
}

test(
  'two editors who wrote offline equal each other and the server after merging',
  STARTS,
  async () => {
    const { author, topicId } = await newTopic('Bees make honey.');
    const server = await startEditingServer(content.databaseUrl);
    const docs = [new Y.Doc(), new Y.Doc()] as const;
    const online = docs.map((doc) => edit(server.transport(author), topicId, doc));
    await Promise.all(online.map((topic) => topic.saved()));
    await server.kill();
    docs[0].getText('content').insert(0, 'Wild ');
    docs[0].getText('content').delete(9, 5);
    docs[1].getText('content').insert(16, ' Wasps do not. 🐝');
    await server.restart();
    await expectConverged(online, []);
    expect(online[0]?.text.toString()).toBe('Wild Bees honey. Wasps do not. 🐝');
    const late = edit(server.transport(author), topicId);
    await late.saved();
    expect(late.text.toString()).toBe('Wild Bees honey. Wasps do not. 🐝');
  },
);

test(
  'fifty editors on two servers lose nothing when one is killed and Redis is',
  STARTS,
  async () => {
    const { author, topicId } = await newTopic();
    const redis = await startTestRedis();
    onTestFinished(() => redis.stop());
    const servers = await Promise.all(
      [1, 2].map(() => startEditingServer(content.databaseUrl, redis.url)),
    );
    const topics = Array.from({ length: 50 }, (_, n) => {
      const server = servers[n % 2];
      if (!server) throw new Error('No server.');
      return edit(server.transport(author), topicId);
    });
    await Promise.all(topics.map((topic) => topic.saved()));
    // A minute of it, and ten edits a second: `npm run bench -- editing --survive=60`.
    const typing = type(topics, 4, 5);
    await delay(1000);
    await servers[0]?.kill();
    await delay(500);
    await servers[0]?.restart();
    await delay(500);
    await redis.kill();
    await delay(1000);
    await redis.restart();
    const words = await typing;
    await expectConverged(topics, words);
    const late = edit((servers[1] as (typeof servers)[0]).transport(author), topicId);
    await late.saved();
    expect(late.text.toString()).toBe(topics[0]?.text.toString());
  },
);
