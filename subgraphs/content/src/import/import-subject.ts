import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { subjectTitle, subjectVisibility } from '../subjects/index.ts';
import { prepareImport } from './prepare-import.ts';
import { storeSubject } from './store-subject.ts';

const importSubjectInput = z.object({
  markdown: z.string(),
  title: subjectTitle.nullish().transform((title) => title ?? null),
  fileName: text({ max: 255 })
    .nullish()
    .transform((name) => name ?? null),
  visibility: subjectVisibility,
});

/**
 * Makes a subject of the viewer of one Markdown document, in one transaction; emits
 * `content.subject.created`.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `ImportRefused`.
 */
export async function importSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  requireUser(ctx);
  const { visibility, ...source } = parseInput(importSubjectInput, input);
  const prepared = prepareImport(source, () => newId('top'));
  return { subject: await storeSubject(ctx, prepared, visibility) };
}
