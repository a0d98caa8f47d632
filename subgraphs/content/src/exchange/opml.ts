import { importRefused } from '../import/index.ts';
import {
  type ExchangedSubject,
  type ExchangedTopic,
  growBranches,
  type TopicBranch,
} from './exchanged-subject.ts';
import { escapeXml, readXml, type XmlElement } from './xml.ts';

// OPML 2.0 (http://opml.org/spec2.opml). Texts stand in `_note`, as in OmniOutliner and others.

/** Pure. */
export function toOpml(subject: ExchangedSubject): string {
  const { title, description, heading, topics } = subject;
  const extra = `${attribute('_note', description)}${attribute('_heading', heading)}`;
  const outlines = growBranches(topics).map((branch) => outlineOf(branch, '    '));
  return `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>${escapeXml(title)}</title>
  </head>
  <body${extra}>
${outlines.join('')}  </body>
</opml>
`;
}

function outlineOf(branch: TopicBranch, indent: string): string {
  const { title, markdown, heading, children } = branch;
  const notes = `${attribute('_note', markdown)}${attribute('_heading', heading ?? '')}`;
  const open = `${indent}<outline text="${escapeXml(title)}"${notes}`;
  if (children.length === 0) return `${open}/>\n`;
  const inner = children.map((child) => outlineOf(child, `${indent}  `));
  return `${open}>\n${inner.join('')}${indent}</outline>\n`;
}

function attribute(name: string, value: string): string {
  return value === '' ? '' : ` ${name}="${escapeXml(value)}"`;
}

/** @throws UserFailure `ImportRefused`. */
export function fromOpml(source: string): ExchangedSubject {
  const root = readXml(source).find(({ name }) => name === 'opml');
  const head = root?.children.find(({ name }) => name === 'head');
  const body = root?.children.find(({ name }) => name === 'body');
  if (!body) throw importRefused('NOT_READABLE', 'this is no OPML: it has no body.', null);
  return {
    title: head?.children.find(({ name }) => name === 'title')?.text ?? '',
    description: body.attributes['_note'] ?? '',
    heading: body.attributes['_heading'] ?? '',
    topics: outlinesOf(body, 1),
  };
}

function outlinesOf(element: XmlElement, depth: number): ExchangedTopic[] {
  return element.children
    .filter(({ name }) => name === 'outline')
    .flatMap((outline) => {
      const { text, title, _note: markdown, _heading: heading } = outline.attributes;
      const topic = {
        title: text ?? title ?? '',
        markdown: markdown ?? '',
        heading: heading ?? null,
        depth,
      };
      return [topic, ...outlinesOf(outline, depth + 1)];
    });
}
