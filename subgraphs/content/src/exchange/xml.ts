import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { importRefused } from '../import/index.ts';

/** An element with its attributes and what is in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text in it, that of its descendants included. */
  readonly text: string;
}

/** Deeper than any outline: 32 topics, and the elements that hold their notes. */
const MAX_TAGS = 60;

// Entities of the document's own are never expanded: it may not declare any.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: MAX_TAGS,
});

/**
 * Reads a well-formed document.
 *
 * @throws UserFailure `ImportRefused`: `UNSAFE` for one that declares a type or entities, `NOT_READABLE`,
 * `NESTED_TOO_DEEP`.
 */
export function readXml(source: string): XmlElement[] {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(source)) {
    throw importRefused('UNSAFE', 'a document that declares entities is not read.', null);
  }
  const valid = XMLValidator.validate(source);
  if (valid !== true) throw importRefused('NOT_READABLE', valid.err.msg, valid.err.line);
  try {
    return elementsOf(parser.parse(source) as RawNode[]);
  } catch (error) {
    const isDeep = error instanceof Error && /nest/i.test(error.message);
    const explanation = isDeep ? `elements nested more than ${MAX_TAGS} deep.` : 'this is no XML.';
    throw importRefused(isDeep ? 'NESTED_TOO_DEEP' : 'NOT_READABLE', explanation, null);
  }
}

type RawNode = Readonly<Record<string, unknown>>;

function elementsOf(nodes: readonly RawNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && !key.startsWith('#'));
    if (name === undefined || name.startsWith('?')) return [];
    const raw = node[name] as readonly RawNode[];
    const attributes = Object.entries((node[':@'] ?? {}) as Record<string, string>).map(
      ([key, value]) => [key, decode(value)] as const,
    );
    const children = elementsOf(raw);
    return [{ name, attributes: Object.fromEntries(attributes), children, text: textOf(raw) }];
  });
}

function textOf(nodes: readonly RawNode[]): string {
  return nodes
    .map((node) => {
      if ('#text' in node) return decode(String(node['#text']));
      const inner = Object.entries(node).find(([key]) => key !== ':@')?.[1];
      return Array.isArray(inner) ? textOf(inner as RawNode[]) : '';
    })
    .join('');
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
};

function decode(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,5}));/gi,
    (whole, hex, dec, name) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = Number.parseInt(hex ?? dec, hex === undefined ? 10 : 16);
      return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
        ? whole
        : String.fromCodePoint(code);
    },
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader would take these for blanks in an attribute.
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text as it may stand in an attribute or an element. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\n\t]/g, (character) => ESCAPES[character] ?? character);
}
