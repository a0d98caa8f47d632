import { strToU8, unzipSync, zipSync } from 'fflate';
import { decodeMarkdown, IMPORT_LIMITS, importRefused, titleOfFile } from '../import/index.ts';
import { slugOf } from '../references/index.ts';
import {
  type ExchangedSubject,
  type ExchangedTopic,
  growBranches,
  type TopicBranch,
} from './exchanged-subject.ts';

// A folder of Markdown: `README.md` is what a folder is about, `01-bees.md` a topic, and `01-bees/` holds
// the topics below it. Titles and headings stand in front matter, as JSON strings, which YAML reads too.

const MAX_FILES = 12_000;
const MAX_LEVELS = 32;
/** Of all files together, as they are when unpacked. */
const MAX_UNPACKED_BYTES = 8 * 1024 * 1024;
/** Nobody's zip of texts packs this well; one that claims less than it holds is cut off. */
const README = /^(?:readme|index)\.(?:md|markdown)$/i;
const MARKDOWN = /\.(?:md|markdown)$/i;

/** Pure. */
export function toZip(subject: ExchangedSubject): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  const { title, heading, description } = subject;
  files['README.md'] = strToU8(withFrontMatter({ title, heading }, description));
  const write = (branches: readonly TopicBranch[], folder: string) => {
    const digits = Math.max(2, String(branches.length).length);
    for (const [index, branch] of branches.entries()) {
      const number = String(index + 1).padStart(digits, '0');
      const name = `${folder}${number}-${slugOf(branch.title).slice(0, 40) || 'topic'}`;
      const matter = { title: branch.title, heading: branch.heading ?? '' };
      files[`${name}.md`] = strToU8(withFrontMatter(matter, branch.markdown));
      write(branch.children, `${name}/`);
    }
  };
  write(growBranches(subject.topics), '');
  // One instant for all, so that the same subject makes the same file.
  return zipSync(files, { mtime: new Date('1980-01-02T00:00:00Z') });
}

function withFrontMatter(matter: Record<string, string>, markdown: string): string {
  const lines = Object.entries(matter)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `---\n${lines.join('')}---\n${markdown}`;
}

/**
 * Reads the Markdown files of a zip; others are left out. Nothing is written anywhere, yet names that lead
 * out of their folder are refused.
 *
 * @throws UserFailure `ImportRefused`: `UNSAFE`, `TOO_LARGE`, `TOO_MANY_TOPICS`, `NESTED_TOO_DEEP`,
 * `NOT_READABLE`, `NOT_TEXT`.
 */
export function fromZip(bytes: Uint8Array): ExchangedSubject {
  const root: Folder = { file: null, folders: new Map() };
  for (const [path, file] of unpack(bytes)) {
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    const isReadme = README.test(name);
    const target = isReadme ? steps : [...steps, name.replace(MARKDOWN, '')];
    folderAt(root, target).file = readFile(decodeMarkdown(file), isReadme ? null : name);
  }
  const [only] = root.folders;
  // A zip of one folder is that folder.
  if (root.file === null && root.folders.size === 1 && only && only[1].folders.size > 0) {
    return subjectOf(only[1], only[0]);
  }
  return subjectOf(root, '');
}

interface Folder {
  file: {
    readonly title: string | null;
    readonly heading: string;
    readonly markdown: string;
  } | null;
  readonly folders: Map<string, Folder>;
}

function unpack(bytes: Uint8Array): [string, Uint8Array][] {
  let count = 0;
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize, size }) => {
        if (name.endsWith('/') || !MARKDOWN.test(name) || /(?:^|\/)(?:\.|__MACOSX)/.test(name)) {
          refuseUnsafe(name);
          return false;
        }
        refuseUnsafe(name);
        count += 1;
        total += Math.max(originalSize, size);
        if (count > MAX_FILES)
          throw importRefused('TOO_MANY_TOPICS', `more than ${MAX_FILES} files.`, null);
        if (total > MAX_UNPACKED_BYTES || originalSize > IMPORT_LIMITS.maxBytes) {
          throw importRefused('TOO_LARGE', `more than ${MAX_UNPACKED_BYTES} bytes unpacked.`, null);
        }
        return true;
      },
    });
    const order = new Intl.Collator('en', { numeric: true });
    return Object.entries(files).toSorted(([a], [b]) => order.compare(a, b));
  } catch (error) {
    if (error instanceof Error && error.name === 'UserFailure') throw error;
    throw importRefused('NOT_READABLE', 'this is no zip, or it is damaged.', null);
  }
}

function refuseUnsafe(name: string): void {
  const steps = name.split('/');
  if (/^[/\\]|\\|^[a-z]:/i.test(name) || name.includes('\0') || steps.includes('..')) {
    throw importRefused('UNSAFE', 'a file name leads out of its folder.', null);
  }
  if (steps.length > MAX_LEVELS + 1) {
    throw importRefused('NESTED_TOO_DEEP', `folders nested more than ${MAX_LEVELS} deep.`, null);
  }
}

function folderAt(root: Folder, steps: readonly string[]): Folder {
  let folder = root;
  for (const step of steps) {
    const next = folder.folders.get(step) ?? { file: null, folders: new Map() };
    folder.folders.set(step, next);
    folder = next;
  }
  return folder;
}

function readFile(source: string, name: string | null) {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const [block = '', lines = ''] = /^---\n((?:[\w-]+:[^\n]*\n){0,50})---\n/.exec(text) ?? [];
  const entry = (key: string) => {
    const value = new RegExp(`^${key}:[ \\t]*(.*)$`, 'm').exec(lines)?.[1]?.trim();
    return value === undefined ? null : unquoted(value);
  };
  const title =
    entry('title') ?? (name === null ? null : titleOfFile(name.replace(/^\d+[-_. ]+/, '')));
  return { title, heading: entry('heading') ?? '', markdown: text.slice(block.length) };
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value.replace(/^'(.*)'$/, '$1');
  }
}

function subjectOf(root: Folder, name: string): ExchangedSubject {
  return {
    title: root.file?.title ?? titleOfFile(name) ?? '',
    description: root.file?.markdown ?? '',
    heading: root.file?.heading ?? '',
    topics: topicsOf(root, 1),
  };
}

function topicsOf(folder: Folder, depth: number): ExchangedTopic[] {
  return Array.from(folder.folders, ([name, inner]) => {
    const { title, heading, markdown } = inner.file ?? { title: null, heading: '', markdown: '' };
    const topic = {
      title: title ?? titleOfFile(name.replace(/^\d+[-_. ]+/, '')) ?? '',
      heading: heading === '' ? null : heading,
      markdown,
      depth,
    };
    return [topic, ...topicsOf(inner, depth + 1)];
  }).flat();
}
