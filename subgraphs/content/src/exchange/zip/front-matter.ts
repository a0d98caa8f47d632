import { z } from 'zod';

/** What stands above the text of a file of an archive, as far as we read it. */
export interface FrontMatter {
  readonly title: string | null;
  readonly heading: string;
  readonly attachments: readonly DeclaredFile[];
  /** What is below it. */
  readonly markdown: string;
}

export interface DeclaredFile {
  /** Relative to the file that says so. */
  readonly file: string;
  readonly name: string;
  readonly altText: string;
}

const declaredFiles = z.array(
  z.object({ file: z.string(), name: z.string(), altText: z.string().default('') }),
);

/** Values as JSON strings, which YAML reads too; empty ones are left out. */
export function writeFrontMatter(
  matter: Readonly<Record<string, unknown>>,
  markdown: string,
): string {
  const lines = Object.entries(matter)
    .filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `---\n${lines.join('')}---\n${markdown}`;
}

export function readFrontMatter(source: string): FrontMatter {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const [block = '', lines = ''] = /^---\n((?:[\w-]+:[^\n]*\n){0,50})---\n/.exec(text) ?? [];
  const entry = (key: string) =>
    new RegExp(`^${key}:[ \\t]*(.*)$`, 'm').exec(lines)?.[1]?.trim() ?? null;
  const title = entry('title');
  return {
    title: title === null ? null : unquoted(title),
    heading: unquoted(entry('heading') ?? ''),
    attachments: readDeclared(entry('attachments')),
    markdown: text.slice(block.length),
  };
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value.replace(/^'(.*)'$/, '$1');
  }
}

/** Others may mean something else by the word; then it is none of ours. */
function readDeclared(value: string | null): readonly DeclaredFile[] {
  try {
    return declaredFiles.safeParse(JSON.parse(value ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}
