/** `docs/computer-science.md` → `Computer science`; null when nothing is left. */
export function titleOfFile(fileName: string): string | null {
  const base = fileName.split(/[\\/]/).at(-1) ?? '';
  const words = base
    .replace(/\.[^.]+$/, '')
    .replaceAll(/[-_\s]+/g, ' ')
    .trim();
  return words === '' ? null : words.charAt(0).toUpperCase() + words.slice(1);
}
