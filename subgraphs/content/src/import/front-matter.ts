/**
 * A block of YAML between `---` lines at the very start, as static site generators read it. Its
 * first line must be a key and it must hold no blank line, so that a document which merely opens
 * with a thematic break is not swallowed.
 */
const FRONT_MATTER = /^---[ \t]*\n(?=[\w"'-]+[ \t]*:)(?:.+\n)*?---[ \t]*(?:\n|$)/;

/** How many lines of front matter a document opens with. */
export function countFrontMatterLines(source: string): number {
  const [block] = FRONT_MATTER.exec(source) ?? [''];
  return block === '' ? 0 : block.trimEnd().split('\n').length;
}
