import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { CommunitiesContext } from '../context.ts';
import type { Community, Membership } from '../generated/prisma/client.ts';
import { type MembershipWithCommunity, membersList, userCommunitiesList } from './queries.ts';

// Who belongs to what is public. The lists answer `first + 1` rows at most: the extra one says
// whether there are more.

export async function listMembers(
  ctx: CommunitiesContext,
  community: Community,
  args: PageArguments,
): Promise<Membership[]> {
  const page = readPage(membersList, args);
  return ctx.loaders.membersOfCommunity.load({ parentId: community.id, args: page });
}

export async function listCommunitiesOf(
  ctx: CommunitiesContext,
  user: { readonly id: string },
  args: PageArguments,
): Promise<MembershipWithCommunity[]> {
  const page = readPage(userCommunitiesList, args);
  return ctx.loaders.communitiesOfUser.load({ parentId: user.id, args: page });
}

/** Null when nobody is signed in. */
export async function isViewerMember(
  ctx: CommunitiesContext,
  community: Community,
): Promise<boolean | null> {
  if (ctx.viewer.type === 'anonymous') return null;
  return (await ctx.loaders.viewerMembership.load(community.id)) !== null;
}

/**
 * What this subgraph knows of a person without asking: every well-formed id may be one.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export function referToUser({ id }: { readonly id: string }): { readonly id: string } {
  return { id: parseId('usr', id) };
}
