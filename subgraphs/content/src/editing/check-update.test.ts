import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { clocksAfter, isKnown, readUpdate } from './check-update.ts';

/** What a client has written, as one document knows it, and the update of each step. */
function client(clientId: number, from?: Y.Doc) {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  if (from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  const step = (change: (text: Y.Text) => void): Uint8Array => {
    let made: Uint8Array = new Uint8Array();
    doc.once('update', (update) => {
      made = update;
    });
    doc.transact(() => change(doc.getText('content')));
    return made;
  };
  return { doc, step };
}

const clocksOf = (doc: Y.Doc) => (id: number) => Y.getState(doc.store, id);

function having(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

const hasGap = (update: Uint8Array, server: Y.Doc) =>
  clocksAfter(readUpdate(update), clocksOf(server)) === null;

test('what builds on something unknown has a gap: of its own client, of another, or to be deleted', () => {
  const one = client(1);
  const first = one.step((text) => text.insert(0, 'a'));
  const lost = one.step((text) => text.insert(1, 'b'));
  // All that it stands beside is known; only its place in the order of its client is not.
  const ahead = one.step((text) => text.insert(0, 'c'));
  expect(hasGap(ahead, having(first))).toBe(true);
  expect(hasGap(ahead, having(first, lost))).toBe(false);

  const other = client(2, having(first));
  const beside = other.step((text) => text.insert(1, '!'));
  expect(hasGap(beside, having())).toBe(true);
  expect(hasGap(beside, having(first))).toBe(false);
  const deletion = other.step((text) => text.delete(0, 1));
  expect(hasGap(deletion, having(beside))).toBe(true);
  expect(hasGap(deletion, having(first, beside))).toBe(false);
});

test('an update that brings what it builds on has no gap, in whatever order it holds the two', () => {
  for (const [earlier, later] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const one = client(earlier);
    const first = one.step((text) => text.insert(0, 'a'));
    const other = client(later, one.doc);
    const second = other.step((text) => text.insert(1, 'bc'));
    const both = readUpdate(Y.mergeUpdates([second, first]));
    const after = new Map([
      [earlier, 1],
      [later, 2],
    ]);
    expect(clocksAfter(both, () => 0)).toEqual(after);
  }
});

test('what deletes something is known only when all of it is deleted', () => {
  const one = client(1);
  const whole = one.step((text) => text.insert(0, 'abcd'));
  const other = client(2, one.doc);
  const middle = other.step((text) => text.delete(1, 2));
  const b = client(3, having(whole)).step((text) => text.delete(1, 1));
  const c = client(3, having(whole)).step((text) => text.delete(2, 1));
  const isKnownTo = (server: Y.Doc) => isKnown(readUpdate(middle), server, clocksOf(server));
  expect(isKnownTo(having(whole))).toBe(false);
  expect(isKnownTo(having(whole, b))).toBe(false);
  expect(isKnownTo(having(whole, c))).toBe(false);
  expect(isKnownTo(having(whole, b, c))).toBe(true);
  expect(isKnownTo(having(whole, middle))).toBe(true);
});
