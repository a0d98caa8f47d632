/**
 * Around what was found. Characters for private use (Unicode, chapter 23.5): they stand in no text
 * that means anything, unlike the HTML tags that `ts_headline` would put between unescaped HTML.
 */
export const HIT_START = '\uE000';
export const HIT_END = '\uE001';
/** Instead of `<`, behind which Postgres's parser would see a tag and leave it out. */
export const LESS_THAN = '\uE002';

export interface SearchText {
  readonly text: string;
  readonly found: boolean;
}

/** Cuts a marked text into what was found and what stands around it; nothing is left out. */
export function readMarks(marked: string): SearchText[] {
  return marked
    .replaceAll(LESS_THAN, '<')
    .split(HIT_START)
    .flatMap((part, index) => {
      if (index === 0) return [{ text: part, found: false }];
      const end = part.indexOf(HIT_END);
      return [
        { text: part.slice(0, end), found: true },
        { text: part.slice(end + 1), found: false },
      ];
    })
    .filter(({ text }) => text !== '');
}
