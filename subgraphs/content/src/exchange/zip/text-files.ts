import { posix } from 'node:path';
import { slugOf } from '../../slug.ts';
import { type ExchangedSubject, growBranches, type TopicBranch } from '../exchanged-subject.ts';
import { withPaths } from './file-links.ts';
import { writeFrontMatter } from './front-matter.ts';

/** What a picture or a PDF is called in an archive. */
const ENDS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

export function pathOfFile(file: { readonly sha256: string; readonly mediaType: string }): string {
  return `attachments/${file.sha256}.${ENDS[file.mediaType] ?? 'bin'}`;
}

/**
 * A subject as a folder of Markdown: `README.md` is what a folder is about, `01-bees.md` a topic, and
 * `01-bees/` holds the topics below it. Titles, headings and what is attached stand in front matter;
 * references to attachments of the subject are paths to their files. Pure.
 *
 * @returns contents by path.
 */
export function textFilesOf(subject: ExchangedSubject): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const { title, heading, description, topics } = subject;
  const paths = new Map(
    topics.flatMap(({ files = [] }) => files).map((file) => [file.sha256, pathOfFile(file)]),
  );
  files.set('README.md', writeFrontMatter({ title, heading }, description));
  const write = (branches: readonly TopicBranch[], folder: string) => {
    const relative = (path: string) => posix.relative(folder, path);
    const digits = Math.max(2, String(branches.length).length);
    for (const [index, branch] of branches.entries()) {
      const number = String(index + 1).padStart(digits, '0');
      const name = `${folder}${number}-${slugOf(branch.title).slice(0, 40) || 'topic'}`;
      const attachments = (branch.files ?? []).map((file) => ({
        file: relative(pathOfFile(file)),
        name: file.name,
        altText: file.altText,
      }));
      const matter = { title: branch.title, heading: branch.heading ?? '', attachments };
      const markdown = withPaths(branch.markdown, (sha256) => {
        const path = paths.get(sha256);
        return path === undefined ? null : relative(path);
      });
      files.set(`${name}.md`, writeFrontMatter(matter, markdown));
      write(branch.children, `${name}/`);
    }
  };
  write(growBranches(topics), '');
  return files;
}
