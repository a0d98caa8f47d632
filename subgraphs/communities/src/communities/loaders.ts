import { keyedLoader } from '@civitas/platform/loaders';
import type { CommunitiesDatabase } from '../context.ts';

export function createCommunityLoaders(db: CommunitiesDatabase) {
  return {
    communityById: keyedLoader(
      (ids) => db.client.community.findMany({ where: { id: { in: [...ids] } } }),
      (community) => community.id,
    ),
    communityBySlug: keyedLoader(
      (slugs) => db.client.community.findMany({ where: { slug: { in: [...slugs] } } }),
      (community) => community.slug,
    ),
  };
}
