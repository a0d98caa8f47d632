import { setTimeout as delay } from 'node:timers/promises';
import { type EditedTopic, editTopic } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Survivors } from './civitas.ts';

const EDITORS = 50;
const EDIT_MS = 100;
const AWAY_MS = 2_000;
const PATIENCE_MS = 60_000;
const WORD = /<\d+\.\d+>/g;

/**
 * Fifty editors type ten times a second each into one text through the gateway, with the client package; after a
 * third of the time the content subgraph is killed (SIGKILL), after two thirds Redis, each for two seconds.
 *
 * @throws when a word is missing anywhere, or texts differ.
 */
export async function survive(
  { url, document: topicId, token, content, redis }: Survivors,
  seconds: number,
): Promise<void> {
  const open = () => {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => delay(100),
      connectionParams: { authorization: `Bearer ${token}` },
    });
    return { client, topic: editTopic({ client, topicId }) };
  };
  const editors = Array.from({ length: EDITORS }, open);
  const topics = editors.map(({ topic }) => topic);
  await Promise.all(topics.map((topic) => topic.saved()));
  const typing = Promise.all(topics.map((topic, n) => type(topic, n, seconds)));
  await delay((seconds * 1000) / 3);
  await content.kill();
  await delay(AWAY_MS);
  await content.restart();
  await delay((seconds * 1000) / 3);
  await redis.kill();
  await delay(AWAY_MS);
  await redis.restart();
  const words = (await typing).flat();
  const endedAt = performance.now();
  await Promise.all(topics.map((topic) => topic.saved()));
  const late = open();
  await late.topic.saved();
  const all = [...topics, late.topic];
  while (new Set(all.map(({ text }) => text.toString())).size > 1) {
    if (performance.now() - endedAt > PATIENCE_MS) throw new Error('The texts differ.');
    await delay(50);
  }
  const found: readonly string[] = late.topic.text.toString().match(WORD) ?? [];
  const kept = new Set(found);
  const missing = words.filter((word) => !kept.has(word));
  console.log(
    `\nediting: ${EDITORS} editors, ${words.length} edits in ${seconds} s, content and Redis killed on the way: ` +
      `${missing.length} lost, ${found.length - words.length} twice, ` +
      `all equal ${Math.round(performance.now() - endedAt)} ms after the last`,
  );
  for (const { client, topic } of [...editors, late]) {
    topic.close();
    await client.dispose();
  }
  if (missing.length > 0 || found.length !== words.length) throw new Error('Something was lost.');
}

async function type({ text }: EditedTopic, editor: number, seconds: number): Promise<string[]> {
  const words: string[] = [];
  const startAt = performance.now() + (editor / EDITORS) * EDIT_MS;
  for (let round = 0; round < (seconds * 1000) / EDIT_MS; round += 1) {
    await delay(Math.max(0, startAt + round * EDIT_MS - performance.now()));
    const word = `<${editor}.${round}>`;
    text.insert(text.length, word);
    words.push(word);
  }
  return words;
}
