import diff from 'fast-diff';
import * as Y from 'yjs';
import { ROOT } from './check-update.ts';

/** The state vector of an empty document. */
export const NOTHING = Y.encodeStateVector(new Y.Doc());

/**
 * The Yjs client that writes a topic's first text. Always the same, so that the first update is the
 * same whoever makes it; no client that picks its id at random gets it but once in four billion.
 */
const FIRST_CLIENT_ID = 0;

/** A stretch of changed text up to this long is compared character by character. */
const MAX_COMPARED_LENGTH = 20_000;

export function createTextDocument(clientId?: number): Y.Doc {
  const doc = new Y.Doc();
  if (clientId !== undefined) doc.clientID = clientId;
  doc.getText(ROOT);
  return doc;
}

export function textOf(doc: Y.Doc): Y.Text {
  return doc.getText(ROOT);
}

/** The update that makes a document of a text; null for an empty one. */
export function firstUpdate(markdown: string): Uint8Array | null {
  if (markdown === '') return null;
  const doc = createTextDocument(FIRST_CLIENT_ID);
  textOf(doc).insert(0, markdown);
  return Y.encodeStateAsUpdate(doc);
}

/** A document that holds a text, as the first who opens a topic for editing makes it. */
export function newDocument(markdown: string): Y.Doc {
  const doc = createTextDocument();
  const bytes = firstUpdate(markdown);
  if (bytes) Y.applyUpdate(doc, bytes);
  return doc;
}

/**
 * Turns the text of a document into another by deleting and inserting only what differs, so that
 * the cursors of those who edit it stay where they are.
 *
 * @returns one update; null when nothing differs.
 */
export function replaceText(doc: Y.Doc, wanted: string): Uint8Array | null {
  const text = textOf(doc);
  const changes: Uint8Array[] = [];
  const collect = (update: Uint8Array) => void changes.push(update);
  doc.on('update', collect);
  doc.transact(() => {
    let at = 0;
    for (const [kind, part] of differences(text.toString(), wanted)) {
      if (kind === diff.DELETE) text.delete(at, part.length);
      if (kind === diff.INSERT) text.insert(at, part);
      if (kind !== diff.DELETE) at += part.length;
    }
  });
  doc.off('update', collect);
  return changes[0] ?? null;
}

/** Comparing takes quadratic time at worst, so a large rewrite is one deletion and one insertion. */
function differences(before: string, after: string): [kind: number, part: string][] {
  const start = commonStart(before, after);
  const end = commonEnd(before.slice(start), after.slice(start));
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const changed: [number, string][] =
    removed.length + added.length <= MAX_COMPARED_LENGTH
      ? diff(removed, added)
      : [
          [diff.DELETE, removed],
          [diff.INSERT, added],
        ];
  const parts: [number, string][] = [[diff.EQUAL, before.slice(0, start)], ...changed];
  return parts.filter(([, part]) => part !== '');
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return isHighSurrogate(a.charCodeAt(length - 1)) ? length - 1 : length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  const longest = Math.min(a.length, b.length);
  while (length < longest && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return isLowSurrogate(a.charCodeAt(a.length - length)) ? length - 1 : length;
}
