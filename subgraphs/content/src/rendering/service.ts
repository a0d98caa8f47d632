import { addressOf, findReferred } from '../attachments/index.ts';
import { readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { TopicNode } from '../topics/index.ts';
import { type RenderedText, readTopicText } from './render-topic.ts';

/** Of an adult who reads silently (Brysbaert 2019 finds 238 words of English prose a minute). */
const WORDS_PER_MINUTE = 200;

/** What there is to say about a topic's text; read once per request. */
export async function renderTopic(
  ctx: ContentContext,
  { id, subjectId }: TopicNode,
): Promise<RenderedText> {
  const text = await ctx.loaders.topicText.load(id);
  if (!text) throw new Error(`Topic ${id} was there a moment ago.`);
  const known = rendered.get(text);
  if (known) return known;
  const read = readTopicText((await readingOf(ctx, subjectId))(text.markdown));
  rendered.set(text, read);
  return read;
}

/** With addresses of the attachments that the text refers to, for who may see the topic. */
export async function htmlOf(ctx: ContentContext, topic: TopicNode): Promise<string> {
  const text = await renderTopic(ctx, topic);
  const found = await findReferred(ctx, topic, text.fileHashes);
  const files = new Map(
    Array.from(found, ([sha256, file]) => [sha256, { ...file, url: addressOf(ctx, file) }]),
  );
  return text.html(files);
}

/** By the row that the loader of the request holds. */
const rendered = new WeakMap<object, RenderedText>();

export function readingMinutes(wordCount: number): number {
  return Math.ceil(wordCount / WORDS_PER_MINUTE);
}
