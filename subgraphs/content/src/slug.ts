const MAX_SLUG_LENGTH = 200;

/**
 * What a title is looked up by: as GitHub makes anchors of headings, with runs of hyphens as one,
 * at most 200 characters. Empty for a title of punctuation alone.
 */
export function slugOf(title: string): string {
  const words = title
    .normalize()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_\-]/gv, '');
  return words
    .trim()
    .replaceAll(/[\s\-]+/gv, '-')
    .slice(0, MAX_SLUG_LENGTH);
}
