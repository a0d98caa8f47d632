import * as Y from 'yjs';

/** A stretch of a text that stays the same while the text around it changes. */
export interface Anchor {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** In UTF-16 code units; `to` is exclusive. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Text that is typed at either edge does not belong to it. Pure but for reading the text. */
export function anchorOf(text: Y.Text, { from, to }: TextRange): Anchor {
  const encode = (index: number, side: number) =>
    Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, side));
  return { start: encode(from, 0), end: encode(to, -1) };
}

/**
 * Where an anchored stretch is now. When all of it was deleted, the one place where the same words stand
 * again, as after a restoring; null when there is none, or several.
 */
export function rangeOf(text: Y.Text, anchor: Anchor, quote: string): TextRange | null {
  const from = indexOf(text, anchor.start);
  const to = indexOf(text, anchor.end);
  if (from !== null && to !== null && from < to) return { from, to };
  const value = text.toString();
  const again = value.indexOf(quote);
  const isOne = again >= 0 && value.indexOf(quote, again + 1) < 0;
  return isOne ? { from: again, to: again + quote.length } : null;
}

/** The place nearest to where a client saw a text; null when it is nowhere. */
export function findQuote(value: string, quote: string, near: number): TextRange | null {
  const before = value.lastIndexOf(quote, Math.max(near, 0));
  const after = value.indexOf(quote, Math.max(near, 0));
  const isBefore = before >= 0 && (after < 0 || near - before <= after - near);
  const from = isBefore ? before : after;
  return from < 0 ? null : { from, to: from + quote.length };
}

function indexOf(text: Y.Text, position: Uint8Array): number | null {
  if (!text.doc) return null;
  const relative = Y.decodeRelativePosition(position);
  return Y.createAbsolutePositionFromRelativePosition(relative, text.doc)?.index ?? null;
}

/** Whether a document has the characters that an anchor points to. */
export function knows(doc: Y.Doc, { start, end }: Anchor): boolean {
  return [start, end].every((position) => {
    const { item } = Y.decodeRelativePosition(position);
    return item === null || Y.getState(doc.store, item.client) > item.clock;
  });
}
