import { slugOf } from '../slug.ts';

/** One thing a text links to within its subject. */
export interface FoundReference {
  /** Slug of a title, or a topic's id: what it is looked up by. */
  readonly target: string;
  /** The target as it was written. */
  readonly written: string;
}

/** Of one topic; what a text links to beyond these is not kept. */
const MAX_REFERENCES = 100;

// Every repetition is bounded, so that each takes linear time whatever the text.
const FENCE = /^ {0,3}(`{3,100}|~{3,100})/v;
const CODE_SPAN = /(`{1,8})[^`\n]{1,500}\1/gv;
const LINK =
  /\[\[([^\[\]\|\n]{1,200})(?:\|[^\[\]\n]{0,200})?\]\]|\]\(<?([^\s\(\)<>]{1,500})>?(?: {1,9}"[^"\n]{0,200}")?\)/gv;
const TOPIC_ID = /^(?:topic:)?(top_[0-9a-z]{26})$/v;
const HAS_SCHEME = /^[a-z][a-z0-9+.\-]{0,30}:/iv;

/**
 * Finds the `[[titles]]` and the relative links (`#title`, `title.md`, `topic:top_…`) of a text, code
 * left out; each target once, in the order of the text, at most 100. Pure.
 */
export function findReferences(markdown: string): FoundReference[] {
  const text = withoutFences(markdown).replaceAll(CODE_SPAN, '');
  const found = new Map<string, FoundReference>();
  for (const [, title, address] of text.matchAll(LINK)) {
    const written = (title ?? address ?? '').trim();
    const target = title === undefined ? targetOfAddress(written) : targetOfTitle(written);
    if (target === '' || found.has(target)) continue;
    found.set(target, { target, written });
    if (found.size === MAX_REFERENCES) break;
  }
  return [...found.values()];
}

function withoutFences(markdown: string): string {
  let fence: string | null = null;
  const lines = markdown.split('\n').filter((line) => {
    const mark: string | null = FENCE.exec(line)?.[1] ?? null;
    if (fence === null) fence = mark;
    else if (mark?.startsWith(fence)) fence = null;
    else return false;
    return mark === null;
  });
  return lines.join('\n');
}

function targetOfTitle(written: string): string {
  return TOPIC_ID.exec(written)?.[1] ?? slugOf(written);
}

/** Empty for what leads out of the subject. */
function targetOfAddress(address: string): string {
  const id = TOPIC_ID.exec(address)?.[1];
  if (id !== undefined) return id;
  if (HAS_SCHEME.test(address) || address.startsWith('/')) return '';
  const [path = '', fragment = ''] = address.split('#', 2);
  if (fragment !== '') return slugOf(decoded(fragment));
  if (!/\.(?:md|markdown)$/i.test(path)) return '';
  const steps = decoded(path).split('/');
  const name = steps.at(-1)?.replace(/\.[^.]+$/, '') ?? '';
  return slugOf(/^(?:index|readme)$/i.test(name) ? (steps.at(-2) ?? '') : name);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
