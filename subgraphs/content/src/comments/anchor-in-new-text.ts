import { newDocument } from '../editing/index.ts';
import { type Anchor, anchorOf } from './anchor.ts';

/**
 * Where a quotation stands in a topic that nobody has opened for editing yet: its document will be the
 * same whoever makes it. Pure.
 */
export function anchorInNewText(markdown: string, quote: string): Anchor {
  const from = markdown.indexOf(quote);
  if (from < 0) throw new Error(`The text does not hold: ${quote}`);
  return anchorOf(newDocument(markdown).getText('content'), { from, to: from + quote.length });
}
