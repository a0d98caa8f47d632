import { expect, test } from 'vitest';
import { loadSupergraph } from '../supergraph/load-supergraph.ts';
import { compose } from '../testing/compose.ts';
import { library } from '../testing/town.ts';
import { createDocumentStore } from './document-store.ts';
import { defaultOperationLimits } from './limits.ts';

const supergraph = loadSupergraph(compose([library()]));
const store = () =>
  createDocumentStore({ supergraph, limits: defaultOperationLimits, defaultListSize: 10 });

test('a text is prepared once while it is in use', () => {
  const documents = store();
  expect(documents.prepare('{ shelf }', true)).toBe(documents.prepare('{ shelf }', true));
});

test.each([
  ['many documents', 2_001, ''],
  ['long documents', 20, '#'.repeat(30_000)],
])('%s push out those that nobody has asked for of late', (_, count, padding) => {
  const documents = store();
  const [forgotten, kept] = ['{ a: shelf }', '{ b: shelf }'];
  const before = {
    forgotten: documents.prepare(forgotten, true),
    kept: documents.prepare(kept, true),
  };
  for (let n = 0; n < count; n++) {
    documents.prepare(`{ c${n}: shelf } ${padding}`, true);
    documents.prepare(kept, true);
  }
  expect(documents.prepare(kept, true)).toBe(before.kept);
  expect(documents.prepare(forgotten, true)).not.toBe(before.forgotten);
});

test('a refused document is not kept, and is explained or not as each caller may know', () => {
  const documents = store();
  expect(() => documents.prepare('{ shel }', false)).toThrow(
    'The document does not fit the schema.',
  );
  expect(() => documents.prepare('{ shel }', true)).toThrow(/"shelf"/);
});
