import { readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { slugOf } from '../slug.ts';
import type { ExchangedSubject, ExchangedTopic } from './exchanged-subject.ts';
import { toFreemind } from './freemind.ts';
import { toJson } from './json.ts';
import { toOpml } from './opml.ts';
import { toMarkdown } from './to-markdown.ts';
import { toMarkmap } from './to-markmap.ts';
import { toZip } from './zip/write-zip.ts';

export type SubjectFormat = keyof typeof FORMATS;

export interface SubjectFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string | null;
  readonly bytes: Uint8Array;
}

interface ExportedSubject extends ExchangedSubject {
  readonly topics: readonly (ExchangedTopic & { readonly id: string })[];
}

const FORMATS = {
  FREEMIND: { end: 'mm', mediaType: 'application/x-freemind', write: toFreemind },
  JSON: { end: 'json', mediaType: 'application/json', write: toJson },
  MARKDOWN: { end: 'md', mediaType: 'text/markdown; charset=utf-8', write: toMarkdown },
  MARKDOWN_ZIP: { end: 'zip', mediaType: 'application/zip', write: toZip },
  MARKMAP: { end: 'html', mediaType: 'text/html; charset=utf-8', write: toMarkmap },
  OPML: { end: 'opml', mediaType: 'text/x-opml; charset=utf-8', write: toOpml },
} as const;

/** Writes a subject that the viewer may see: two statements, of which one reads the texts. */
export async function exportSubject(
  ctx: ContentContext,
  subject: Subject,
  format: SubjectFormat,
): Promise<SubjectFile> {
  const { end, mediaType, write } = FORMATS[format];
  const made = await write(await readExported(ctx, subject));
  const text = typeof made === 'string' ? made : null;
  const bytes = typeof made === 'string' ? Buffer.from(made) : made;
  return { fileName: fileNameOf(subject, end), mediaType, text, bytes };
}

export function fileNameOf({ title }: Pick<Subject, 'title'>, end: string): string {
  return `${slugOf(title) || 'subject'}.${end}`;
}

/** As the viewer may read it. */
export async function readExported(
  ctx: ContentContext,
  subject: Subject,
): Promise<ExportedSubject> {
  const tree = await ctx.loaders.topicTree.load({ parentId: subject.id, args: null });
  const texts = await ctx.loaders.topicText.loadMany(tree.map(({ id }) => id));
  const read = await readingOf(ctx, subject.id);
  const topics = tree.map(({ id, title, heading, depth }, index) => {
    const text = texts[index];
    if (text instanceof Error) throw text;
    return { id, title, heading, depth, markdown: read(text?.markdown ?? '') };
  });
  const { title, description, heading } = subject;
  return { title, description, heading, topics };
}
