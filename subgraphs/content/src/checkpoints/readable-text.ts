import type { ContentContext } from '../context.ts';
import { allows, roleOf } from '../subjects/index.ts';
import { hideSolutions } from './hide-solutions.ts';

/** How editors get texts. */
export const asWritten = (markdown: string): string => markdown;

/**
 * How the viewer gets texts of a subject, whichever way they leave the house: whole who may edit it,
 * the others without the solutions of its questions.
 */
export async function readingOf(
  ctx: ContentContext,
  subjectId: string,
): Promise<(markdown: string) => string> {
  const subject = await ctx.loaders.subjectById.load(subjectId);
  const mayEdit = subject !== null && allows(await roleOf(ctx, subject), 'EDITOR');
  return mayEdit ? asWritten : hideSolutions;
}
