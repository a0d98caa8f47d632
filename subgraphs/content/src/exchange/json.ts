import { z } from 'zod';
import { importRefused } from '../import/index.ts';
import {
  type ExchangedSubject,
  type ExchangedTopic,
  growBranches,
  type TopicBranch,
} from './exchanged-subject.ts';

/** Our own format, which holds all there is. */
const FORMAT = 'civitas.subject';
const MAX_LEVELS = 32;

interface JsonTopic {
  readonly title: string;
  readonly heading?: string | null | undefined;
  readonly markdown?: string | undefined;
  readonly children?: readonly JsonTopic[] | undefined;
}

const topicShape: z.ZodType<JsonTopic> = z.object({
  title: z.string(),
  heading: z.string().nullish(),
  markdown: z.string().optional(),
  get children() {
    return z.array(topicShape).optional();
  },
});
const shape = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  title: z.string(),
  description: z.string().default(''),
  heading: z.string().default(''),
  topics: z.array(topicShape),
});

/** Pure. */
export function toJson({ topics, ...subject }: ExchangedSubject): string {
  const branches = growBranches(topics).map(withoutDepth);
  return `${JSON.stringify({ format: FORMAT, version: 1, ...subject, topics: branches }, null, 2)}\n`;
}

function withoutDepth({ title, heading, markdown, children }: TopicBranch): JsonTopic {
  return { title, heading, markdown, children: children.map(withoutDepth) };
}

/** @throws UserFailure `ImportRefused`. */
export function fromJson(source: string): ExchangedSubject {
  // Before it is parsed: what is nested without end would end the stack.
  if (nesting(source) > MAX_LEVELS * 2 + 4) {
    throw importRefused('NESTED_TOO_DEEP', `topics nested more than ${MAX_LEVELS} deep.`, null);
  }
  const parsed = shape.safeParse(parse(source));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const explanation = `this is no ${FORMAT}: ${issue?.path.join('.')}: ${issue?.message}`;
    throw importRefused('NOT_READABLE', explanation, null);
  }
  const { title, description, heading, topics } = parsed.data;
  return { title, description, heading, topics: flatten(topics, 1) };
}

function flatten(topics: readonly JsonTopic[], depth: number): ExchangedTopic[] {
  return topics.flatMap(({ title, heading, markdown, children }) => [
    { title, heading: heading ?? null, markdown: markdown ?? '', depth },
    ...flatten(children ?? [], depth + 1),
  ]);
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw importRefused('NOT_READABLE', 'this is no JSON.', null);
  }
}

/** How deep brackets stand in each other, those in strings left out. */
function nesting(source: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (isText && character === '\\') at += 1;
    else if (character === '"') isText = !isText;
    else if (!isText && (character === '[' || character === '{'))
      deepest = Math.max(deepest, ++depth);
    else if (!isText && (character === ']' || character === '}')) depth -= 1;
  }
  return deepest;
}
