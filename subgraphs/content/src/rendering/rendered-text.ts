import type { Heading, ReferredFile } from './render-topic.ts';

/** What there is to say about a text. */
export interface RenderedText {
  /** Safe to insert into a page. */
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly wordCount: number;
}

export interface RenderJob {
  readonly markdown: string;
  /** By their hashes: what becomes of the references to attachments. */
  readonly files: readonly (readonly [sha256: string, file: ReferredFile])[];
}
