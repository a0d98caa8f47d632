import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { resultOfEvent, shareEvent } from './shared-events.ts';

async function runs(event: object, texts: readonly string[]): Promise<number> {
  let count = 0;
  const documents = new Map(texts.map((text) => [text, parse(text)]));
  const run = async () => {
    count += 1;
    return { data: {} };
  };
  for (const text of texts) {
    const document = documents.get(text);
    if (document) await resultOfEvent(event, document, run);
  }
  return count;
}

const PLAIN = 'subscription ($id: ID!) { edits(id: $id) { seq } }';

test('a shared event is executed once per document, any other for each subscriber', async () => {
  expect(await runs(shareEvent({}), [PLAIN, PLAIN, PLAIN])).toBe(1);
  expect(await runs(shareEvent({}), [PLAIN, `${PLAIN} `, PLAIN])).toBe(2);
  expect(await runs({}, [PLAIN, PLAIN, PLAIN])).toBe(3);
});

test.each([
  'subscription ($n: Int) { edits { seq(n: $n) } }',
  'subscription ($if: Boolean!) { edits { seq @include(if: $if) } }',
  'subscription ($n: Int) { edits { ...F } } fragment F on Edits { seq(n: $n) }',
  'subscription ($n: Int) { edits { seq(by: { n: $n }) } }',
])('%s is executed for each subscriber, because its variables differ', async (text) => {
  expect(await runs(shareEvent({}), [text, text])).toBe(2);
});
