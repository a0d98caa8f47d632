interface Node {
  readonly id: string;
  readonly parentId: string | null;
}

/**
 * Puts the topics of one subject in reading order: each parent before its children, siblings in
 * the order in which they came. Linear, and safe for a tree of any depth.
 *
 * @param siblingsInOrder all topics of the subject, sorted by position whatever their parents.
 */
export function orderTree<Topic extends Node>(siblingsInOrder: readonly Topic[]): Topic[] {
  const children = Map.groupBy(siblingsInOrder, (topic) => topic.parentId);
  const ordered: Topic[] = [];
  const waiting = (children.get(null) ?? []).toReversed();
  for (let topic = waiting.pop(); topic !== undefined; topic = waiting.pop()) {
    ordered.push(topic);
    waiting.push(...(children.get(topic.id) ?? []).toReversed());
  }
  return ordered;
}
