import type { ContentContext } from '../context.ts';
import { slugOf } from '../slug.ts';
import type { TopicNode } from '../topics/index.ts';

/** What one text links to; `topic` is null while nothing of the subject is called so. */
export interface ResolvedReference {
  readonly written: string;
  readonly topic: TopicNode | null;
}

/** What the kept text of a topic links to, resolved by the titles of now. */
export async function referencesOf(
  ctx: ContentContext,
  { id, subjectId }: TopicNode,
): Promise<ResolvedReference[]> {
  const found = await ctx.loaders.topicReferences.load({ parentId: id, args: null });
  if (found.length === 0) return [];
  const targets = await targetsOf(ctx, subjectId);
  return found.map(({ target, written }) => ({ written, topic: targets.get(target) ?? null }));
}

/** The topics whose texts link to this one, in reading order. */
export async function backlinksOf(ctx: ContentContext, topic: TopicNode): Promise<TopicNode[]> {
  const { id, subjectId, title } = topic;
  const slug = slugOf(title);
  const targets = await targetsOf(ctx, subjectId);
  const key = JSON.stringify({ id, subjectId, slug: targets.get(slug)?.id === id ? slug : '' });
  const linking = new Set(await ctx.loaders.linkingTopics.load({ parentId: key, args: null }));
  const tree = await ctx.loaders.topicTree.load({ parentId: subjectId, args: null });
  return tree.filter((other) => linking.has(other.id));
}

/** By id and by slug; of topics with equal titles the first in reading order has the slug. */
async function targetsOf(ctx: ContentContext, subjectId: string): Promise<Map<string, TopicNode>> {
  const tree = await ctx.loaders.topicTree.load({ parentId: subjectId, args: null });
  const known = targetsOfTree.get(tree);
  if (known) return known;
  const targets = new Map<string, TopicNode>();
  for (const topic of tree) {
    targets.set(topic.id, topic);
    const slug = slugOf(topic.title);
    if (slug !== '' && !targets.has(slug)) targets.set(slug, topic);
  }
  targetsOfTree.set(tree, targets);
  return targets;
}

/** So that `topics { references { … } }` makes the table once for each tree that was loaded. */
const targetsOfTree = new WeakMap<readonly TopicNode[], Map<string, TopicNode>>();
