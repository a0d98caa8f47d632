import type { Token } from 'markdown-it';
import { hashOfReference } from '../attachment-references.ts';
import { slugOf } from '../slug.ts';
import { parseMarkdown, renderTokens } from './parse-markdown.ts';
import { sanitize } from './sanitize.ts';

/** What was read of a text. */
interface ReadText {
  /**
   * Safe to insert into a page.
   * @param files by their hashes: what becomes of the references to attachments.
   */
  html(files: ReadonlyMap<string, ReferredFile>): string;
  readonly headings: readonly Heading[];
  readonly wordCount: number;
}

/** An attachment as a page shows it. */
export interface ReferredFile {
  readonly url: string;
  readonly altText: string;
  readonly width: number | null;
  readonly height: number | null;
}

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

const MAX_HEADINGS = 500;
/** A prefix of their own keeps ids of texts from being taken for those of the page. */
const ANCHOR_PREFIX = 'h-';

/** Reads a text once for all that is asked of it. Pure. */
export function readTopicText(markdown: string): ReadText {
  const tokens = parseMarkdown(markdown);
  const headings = nameHeadings(tokens);
  markTasks(tokens);
  const references = findReferences(tokens);
  return {
    html: (files) => {
      for (const reference of references) showFile(reference, files.get(reference.sha256));
      return sanitize(renderTokens(tokens));
    },
    headings: headings.slice(0, MAX_HEADINGS),
    wordCount: countWords(tokens),
  };
}

/** Gives each heading an id of its own, as GitHub does: the second of a name ends in `-1`. */
function nameHeadings(tokens: readonly Token[]): Heading[] {
  const used = new Map<string, number>();
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const text = plainText(tokens[index + 1]).trim();
    const slug = slugOf(text) || 'section';
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    const anchor = `${ANCHOR_PREFIX}${slug}${count === 0 ? '' : `-${count}`}`;
    token.attrSet('id', anchor);
    return [{ level: Number(token.tag.slice(1)), text, anchor }];
  });
}

interface Reference {
  readonly token: Token;
  readonly attribute: 'src' | 'href';
  readonly sha256: string;
}

/** Pictures and links whose address is an attachment's. */
function findReferences(tokens: readonly Token[]): Reference[] {
  return tokens
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => {
      const attribute = token.type === 'image' ? 'src' : 'href';
      const sha256 = hashOfReference(String(token.attrGet(attribute) ?? ''));
      return sha256 === null ? [] : [{ token, attribute, sha256 } as const];
    });
}

/** Without a file the address leads nowhere, and what stands for it is left. */
function showFile({ token, attribute }: Reference, file: ReferredFile | undefined): void {
  token.attrSet(attribute, file?.url ?? '');
  if (!file || attribute === 'href') return;
  if (file.width !== null) token.attrSet('width', String(file.width));
  if (file.height !== null) token.attrSet('height', String(file.height));
  if (token.content !== '' || !token.children) return;
  token.children = [
    Object.assign(Object.create(Object.getPrototypeOf(token)), token, {
      type: 'text',
      content: file.altText,
      children: null,
    }) as Token,
  ];
}

/** `- [ ] task`, as GitHub has it: a box that nobody can tick here. */
function markTasks(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    const first = token.children?.[0];
    const isInItem =
      tokens[index - 1]?.type === 'paragraph_open' && tokens[index - 2]?.type === 'list_item_open';
    const [box, mark] = /^\[([ xX])\] /.exec(first?.content ?? '') ?? [];
    if (!isInItem || first?.type !== 'text' || box === undefined) continue;
    first.content = first.content.slice(box.length);
    const checkbox = Object.assign(Object.create(Object.getPrototypeOf(first)), first, {
      type: 'task_box',
      tag: 'input',
      attrs: [['type', 'checkbox'], ['disabled', ''], ...(mark === ' ' ? [] : [['checked', '']])],
      content: '',
    }) as Token;
    token.children?.unshift(checkbox);
  }
}

function plainText(token: Token | undefined): string {
  if (!token) return '';
  if (token.children) return token.children.map(plainText).join('');
  if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
  return token.type === 'text' || token.type === 'code_inline' ? token.content : '';
}

/** Words by Unicode's rules, so that languages without blanks count, too. */
const words = new Intl.Segmenter('und', { granularity: 'word' });

function countWords(tokens: readonly Token[]): number {
  let count = 0;
  for (const token of tokens) {
    if (token.type !== 'inline') continue;
    for (const { isWordLike } of words.segment(plainText(token))) if (isWordLike) count += 1;
  }
  return count;
}
