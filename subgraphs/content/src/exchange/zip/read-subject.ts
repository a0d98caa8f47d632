import { posix } from 'node:path';
import { decodeMarkdown, titleOfFile } from '../../import/index.ts';
import type { ExchangedSubject, ExchangedTopic } from '../exchanged-subject.ts';
import { resolveInArchive, withFileLinks } from './file-links.ts';
import { readFrontMatter } from './front-matter.ts';
import type { Archive } from './open-zip.ts';

const README = /^(?:readme|index)\.(?:md|markdown)$/i;
const MARKDOWN = /\.(?:md|markdown)$/i;

/** A topic of an archive, with the files of the archive that belong to it. */
export interface ArchivedTopic extends ExchangedTopic {
  /** Of the Markdown file, so that its links can be followed. */
  readonly folder: string;
  readonly wanted: readonly WantedFile[];
}

export interface WantedFile {
  /** In the archive. */
  readonly path: string;
  readonly name: string;
  readonly altText: string;
  /** Whether the text merely links to it: then it may be of a kind that cannot be attached. */
  readonly isLinked: boolean;
}

export interface ArchivedSubject extends ExchangedSubject {
  readonly topics: readonly ArchivedTopic[];
}

interface Folder {
  file:
    | (Omit<ArchivedTopic, 'depth' | 'title' | 'heading'> & {
        readonly title: string | null;
        readonly heading: string;
      })
    | null;
  readonly folders: Map<string, Folder>;
}

/**
 * The subject that an archive of Markdown files holds.
 *
 * @throws UserFailure `ImportRefused`: `NOT_TEXT`, `TOO_LARGE`.
 */
export function readSubject(archive: Archive): ArchivedSubject {
  const root: Folder = { file: null, folders: new Map() };
  for (const [path, bytes] of archive.texts) {
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    const isReadme = README.test(name);
    const target = isReadme ? steps : [...steps, name.replace(MARKDOWN, '')];
    const named = isReadme ? null : titleOfFile(withoutNumber(name));
    folderAt(root, target).file = readFile(archive, path, decodeMarkdown(bytes), named);
  }
  leaveDeclared(root);
  const [only] = root.folders;
  // A zip of one folder is that folder.
  if (root.file === null && root.folders.size === 1 && only && only[1].folders.size > 0) {
    return subjectOf(only[1], only[0]);
  }
  return subjectOf(root, '');
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

function readFile(archive: Archive, path: string, source: string, named: string | null) {
  const { title, heading, attachments, markdown } = readFrontMatter(source);
  const folder = posix.dirname(path);
  const wanted = new Map<string, WantedFile>();
  for (const { file, name, altText } of attachments) {
    const found = resolveInArchive(folder, file);
    if (found !== null) wanted.set(found, { path: found, name, altText, isLinked: false });
  }
  withFileLinks(markdown, (address) => {
    const found = resolveInArchive(folder, address);
    if (found === null || wanted.has(found) || MARKDOWN.test(found)) return null;
    if (archive.sizeOf(found) === null) return null;
    const name = posix.basename(found);
    wanted.set(found, { path: found, name, altText: '', isLinked: true });
    return null;
  });
  return { title: title ?? named, heading, markdown, folder, wanted: [...wanted.values()] };
}

/** What one topic has, others of the subject may link to without having it, too. */
function leaveDeclared(root: Folder): void {
  const all: Folder[] = [root];
  for (const folder of all) all.push(...folder.folders.values());
  const files = all.flatMap(({ file }) => file?.wanted ?? []);
  const declared = new Set(files.filter(({ isLinked }) => !isLinked).map(({ path }) => path));
  for (const folder of all) {
    if (!folder.file) continue;
    const wanted = folder.file.wanted.filter(
      ({ path, isLinked }) => !isLinked || !declared.has(path),
    );
    folder.file = { ...folder.file, wanted };
  }
}

function subjectOf({ file, ...root }: Folder, name: string): ArchivedSubject {
  return {
    title: file?.title ?? titleOfFile(name) ?? '',
    description: file?.markdown ?? '',
    heading: file?.heading ?? '',
    topics: topicsOf(root, 1),
  };
}

function topicsOf(folder: Pick<Folder, 'folders'>, depth: number): ArchivedTopic[] {
  return Array.from(folder.folders, ([name, inner]) => {
    const { title = null, heading = '', ...file } = inner.file ?? {};
    const topic = {
      ...{ markdown: '', folder: '', wanted: [], ...file },
      title: title ?? titleOfFile(withoutNumber(name)) ?? '',
      heading: heading === '' ? null : heading,
      depth,
    };
    return [topic, ...topicsOf(inner, depth + 1)];
  }).flat();
}

function withoutNumber(name: string): string {
  return name.replace(/^\d+[-_. ]+/, '');
}
