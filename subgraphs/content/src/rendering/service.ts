import { addressOf, findReferred, hashesIn } from '../attachments/index.ts';
import { readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { TopicNode } from '../topics/index.ts';
import type { RenderedText } from './rendered-text.ts';

/** Of an adult who reads silently (Brysbaert 2019 finds 238 words of English prose a minute). */
const WORDS_PER_MINUTE = 200;

/**
 * What there is to say about a topic's text, with addresses of the attachments that it refers to, for who
 * may see the topic; rendered once per request.
 *
 * @throws CivitasError `TEXT_TOO_COMPLEX`, `SERVICE_UNAVAILABLE`.
 */
export async function renderTopic(ctx: ContentContext, topic: TopicNode): Promise<RenderedText> {
  const text = await ctx.loaders.topicText.load(topic.id);
  if (!text) throw new Error(`Topic ${topic.id} was there a moment ago.`);
  let known = rendered.get(text);
  if (!known) {
    known = renderText(ctx, topic, text.markdown);
    rendered.set(text, known);
  }
  return known;
}

async function renderText(
  ctx: ContentContext,
  topic: TopicNode,
  whole: string,
): Promise<RenderedText> {
  const markdown = (await readingOf(ctx, topic.subjectId))(whole);
  const found = await findReferred(ctx, topic, hashesIn(markdown));
  const files = Array.from(found, ([sha256, file]) => {
    const { altText, width, height } = file;
    return [sha256, { altText, width, height, url: addressOf(ctx, file) }] as const;
  });
  return ctx.renderer.render({ markdown, files });
}

/** By the row that the loader of the request holds. */
const rendered = new WeakMap<object, Promise<RenderedText>>();

export function readingMinutes(wordCount: number): number {
  return Math.ceil(wordCount / WORDS_PER_MINUTE);
}
