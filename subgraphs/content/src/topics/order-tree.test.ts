import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { orderTree } from './order-tree.ts';

interface Sample {
  id: string;
  parentId: string | null;
}

/** Trees in which node n hangs under any node before it, listed in any order of siblings. */
const anyTree = fc
  .array(fc.nat(), { maxLength: 200 })
  .map((choices): Sample[] =>
    choices.map((choice, index) => ({
      id: `t${index}`,
      parentId: choice % (index + 1) === index ? null : `t${choice % (index + 1)}`,
    })),
  )
  .chain((topics) => fc.shuffledSubarray(topics, { minLength: topics.length }));

test('reading order keeps every topic once, parents first, siblings as given, subtrees together', () => {
  fc.assert(
    fc.property(anyTree, (topics) => {
      const ordered = orderTree(topics);
      expect(ordered.toSorted(byId)).toEqual(topics.toSorted(byId));
      expect(ordered).toEqual(preorder(topics, null));
    }),
  );
});

test('a chain of 5,000 topics is put in order without overflowing the stack', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => ({
    id: `t${index}`,
    parentId: index === 0 ? null : `t${index - 1}`,
  }));
  expect(orderTree(chain.toReversed())).toEqual(chain);
});

function preorder(topics: readonly Sample[], parentId: string | null): Sample[] {
  return topics
    .filter((topic) => topic.parentId === parentId)
    .flatMap((topic) => [topic, ...preorder(topics, topic.id)]);
}

function byId(left: Sample, right: Sample): number {
  return left.id.localeCompare(right.id);
}
