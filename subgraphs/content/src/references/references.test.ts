import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';
import { findReferences } from './find-references.ts';

const content = useContent();

const TREE = /* GraphQL */ `
  query ($id: ID!) {
    subject(id: $id) { topics { title references { written topic { title } } backlinks { title } } }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateTopicInput!) { updateTopic(input: $input) { __typename } }
`;

const id = 'top_01h2xcejqtf2nbrexx3vqjhp41';

test.each([
  ['[[Wild Bees]] and [[Wild bees|them]]', ['wild-bees']],
  ['[a](#wild-bees) [b](#Wild%20Bees)', ['wild-bees']],
  [
    '[a](notes/Wild-bees.md) [b](hives/README.md "title") [c](honey.md#taste)',
    ['wild-bees', 'hives', 'taste'],
  ],
  [`[a](topic:${id}) [[${id}]]`, [id]],
  ['[a](https://example.org/x.md) [b](mailto:x@example.org) [c](/root.md) ![d](x.png)', []],
  ['```\n[[Code]]\n```\n`[[Span]]` ~~~\n[[Text]]', ['text']],
  ['[[!!!]] [[]] [x]()', []],
  ['~~~~\n```\n[[Code]]\n~~~\n~~~~\n[[Text]]', ['text']],
])('%j links to %j', (markdown, targets) => {
  expect(findReferences(markdown).map(({ target }) => target)).toEqual(targets);
});

test('a hostile text of 250,000 characters is read in time', async () => {
  const cpuMs = await cpuMsOf(() => {
    for (const part of ['[[', '](', '`', '``` ', '[[a|', '~~~\n', '](a "']) {
      findReferences(part.repeat(250_000 / part.length));
    }
  });
  expect(cpuMs).toBeLessThan(3_000);
});

test('links are resolved by the titles of now, and seen from both ends', async () => {
  const author = content.somebody();
  const subjectId = await content.subject(author);
  const bees = await content.topic(author, subjectId, 'Bees');
  await content.topic(author, subjectId, 'Honey', { markdown: 'From [[Bees]], not [[Wasps]].' });
  const read = async () => (await content.as().run(TREE, { id: subjectId })).subject.topics;
  expect(await read()).toEqual([
    { title: 'Bees', references: [], backlinks: [{ title: 'Honey' }] },
    {
      title: 'Honey',
      references: [
        { written: 'Bees', topic: { title: 'Bees' } },
        { written: 'Wasps', topic: null },
      ],
      backlinks: [],
    },
  ]);
  await content.as(author).run(UPDATE, { input: { topicId: bees.id, title: 'Wasps' } });
  expect((await read())[0].backlinks).toEqual([{ title: 'Honey' }]);
  const { subject } = await content.as().run(TREE, { id: subjectId });
  expect(subject.topics[1].references[1]).toEqual({ written: 'Wasps', topic: { title: 'Wasps' } });
  await content.as(author).run(UPDATE, { input: { topicId: bees.id, markdown: '[x](#honey)' } });
  expect((await read())[1].backlinks).toEqual([{ title: 'Wasps' }]);
});
