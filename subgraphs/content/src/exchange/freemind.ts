import { importRefused } from '../import/index.ts';
import {
  type ExchangedSubject,
  type ExchangedTopic,
  growBranches,
  type TopicBranch,
} from './exchanged-subject.ts';
import { escapeXml, readXml, type XmlElement } from './xml.ts';

// FreeMind 1.0.1 (https://freemind.sourceforge.io/wiki/index.php/File_format), which Freeplane reads too.
// A text is a note in <pre>, so that its line ends stay; headings are attributes of the node.

/** Pure. */
export function toFreemind({ title, description, heading, topics }: ExchangedSubject): string {
  const root: TopicBranch = {
    ...{ title, markdown: description, heading, depth: 0 },
    children: growBranches(topics),
  };
  return `<map version="1.0.1">\n${nodeOf(root, '')}</map>\n`;
}

function nodeOf({ title, markdown, heading, children }: TopicBranch, indent: string): string {
  const parts = [`${indent}<node TEXT="${escapeXml(title)}">\n`];
  if (heading) {
    parts.push(`${indent}<attribute NAME="heading" VALUE="${escapeXml(heading)}"/>\n`);
  }
  if (markdown !== '') {
    const note = escapeXml(markdown);
    parts.push(
      `${indent}<richcontent TYPE="NOTE"><html><head/><body><pre>${note}</pre></body></html></richcontent>\n`,
    );
  }
  for (const child of children) parts.push(nodeOf(child, `${indent} `));
  parts.push(`${indent}</node>\n`);
  return parts.join('');
}

/** @throws UserFailure `ImportRefused`. */
export function fromFreemind(source: string): ExchangedSubject {
  const map = readXml(source).find(({ name }) => name === 'map');
  const root = map?.children.find(({ name }) => name === 'node');
  if (!root) throw importRefused('NOT_READABLE', 'this is no FreeMind map: it has no node.', null);
  const { title, markdown, heading } = topicOf(root, 0);
  return { title, description: markdown, heading: heading ?? '', topics: below(root, 1) };
}

function below(node: XmlElement, depth: number): ExchangedTopic[] {
  return node.children
    .filter(({ name }) => name === 'node')
    .flatMap((child) => [topicOf(child, depth), ...below(child, depth + 1)]);
}

function topicOf(node: XmlElement, depth: number): ExchangedTopic {
  const rich = (type: string) =>
    node.children.find(
      ({ name, attributes }) => name === 'richcontent' && attributes['TYPE'] === type,
    );
  const note = rich('NOTE');
  const heading = node.children.find(
    ({ name, attributes }) => name === 'attribute' && attributes['NAME'] === 'heading',
  );
  return {
    title: node.attributes['TEXT'] ?? rich('NODE')?.text.trim() ?? '',
    markdown: note ? textOfNote(note) : '',
    heading: heading?.attributes['VALUE'] ?? null,
    depth,
  };
}

/** Our own notes stand in one <pre>; those of FreeMind are paragraphs. */
function textOfNote(note: XmlElement): string {
  const body = note.children[0]?.children.find(({ name }) => name === 'body');
  if (!body) return note.text.trim();
  const [only] = body.children;
  if (body.children.length === 1 && only?.name === 'pre') return only.text;
  const paragraphs = body.children.map(({ text }) => text.trim()).filter((text) => text !== '');
  return paragraphs.length > 0 ? `${paragraphs.join('\n\n')}\n` : `${body.text.trim()}\n`;
}
