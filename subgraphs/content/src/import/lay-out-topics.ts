import { generateNKeysBetween } from 'fractional-indexing';
import type { NewTopic } from '../topics/index.ts';
import type { OutlineTopic } from './outline.ts';

/** What is laid out: a topic of any file, which may have no heading. */
type PlacedTopic = Omit<OutlineTopic, 'heading'> & { readonly heading: string | null };

/**
 * Gives the topics of an outline their ids and their positions among siblings.
 *
 * @param newTopicId makes a new `top_` id with each call.
 * @returns parents before children, in the order of the outline.
 */
export function layOutTopics(topics: readonly PlacedTopic[], newTopicId: () => string): NewTopic[] {
  const ids = topics.map(newTopicId);
  const siblings = Map.groupBy(topics.keys(), (index) => topics[index]?.parentIndex ?? null);
  const positions = new Map<number, string>();
  for (const indexes of siblings.values()) {
    const keys = generateNKeysBetween(null, null, indexes.length);
    for (const [at, index] of indexes.entries()) positions.set(index, keys[at] ?? '');
  }
  return topics.map(({ parentIndex, ...topic }, index) => ({
    ...topic,
    // Every index below is one of `topics`.
    id: ids[index] ?? '',
    parentId: parentIndex === null ? null : (ids[parentIndex] ?? null),
    position: positions.get(index) ?? '',
  }));
}
