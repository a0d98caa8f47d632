import type { StateInline } from 'markdown-it';
import { slugOf } from '../slug.ts';

const WIKI_LINK = /^\[\[([^\[\]\|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]/v;

/** `[[title]]` and `[[title|label]]` become links to the title's anchor within the subject. */
export function readReferences(state: StateInline, isSilent: boolean): boolean {
  if (!state.src.startsWith('[[', state.pos)) return false;
  const [whole, title, label] = WIKI_LINK.exec(state.src.slice(state.pos, state.pos + 500)) ?? [];
  if (whole === undefined || title === undefined) return false;
  if (!isSilent) {
    const open = state.push('link_open', 'a', 1);
    open.attrSet('href', `#${slugOf(title)}`);
    state.push('text', '', 0).content = (label ?? title).trim();
    state.push('link_close', 'a', -1);
  }
  state.pos += whole.length;
  return true;
}
