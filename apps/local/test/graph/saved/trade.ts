import { expect, test } from 'vitest';
import { DEMO_PASSWORD } from '../../../src/demo/identity.ts';
import type { TestGraph } from '../use-graph.ts';
import { savedOperations } from './saved-operations.ts';

/** One afternoon in town, in which everything that is saved for money, the market and communities is sent. */
export function savedTradeTests(graph: TestGraph): void {
  test('every operation that is saved for money, the market and communities does what it is for', async () => {
    const saved = savedOperations('{finance,marketplace,communities}/**/*.graphql');
    const signedIn = async (kind: 'CIVILIAN' | 'MERCHANT' | 'DONOR', nth = 0) =>
      saved.by(graph, await graph.signIn(graph.world.ofKind(kind)[nth]?.handle ?? ''));
    const [ross, shop, donor] = [
      await signedIn('CIVILIAN'),
      await signedIn('MERCHANT'),
      await signedIn('DONOR'),
    ];
    const walletOf = async (somebody: typeof ross): Promise<string> =>
      (await somebody.send('MyWallets')).me.wallets[0].id;
    const [merchant, family] = [graph.world.ofKind('MERCHANT')[0], graph.world.ofKind('FAMILY')[0]];

    // Money is sent and given, and stands on a statement.
    const [walletId, tillId] = [await walletOf(ross), await walletOf(shop)];
    await ross.send('ProveForPayment', { input: { password: DEMO_PASSWORD } });
    const payment = { amountMinor: '100', idempotencyKey: 'saved-trade', note: 'Buns' };
    await ross.send('Transfer', {
      input: { fromWalletId: walletId, toWalletId: tillId, ...payment },
    });
    const { wallet } = await shop.send('Statement', { walletId: tillId, first: 1 });
    expect(wallet.entries.edges).toMatchObject([{ node: { note: 'Buns' } }]);
    await ross.send('OpenWallet', { input: { currency: 'TND' } });
    const gift = { familyId: family?.id, fromWalletId: await walletOf(donor), anonymous: true };
    const given = await donor.send('Donate', {
      input: { ...gift, amountMinor: '2500', idempotencyKey: 'saved-trade' },
    });
    const { user: page } = await ross.send('FamilyPage', { familyId: family?.id, first: 1 });
    expect(page.donationsReceived.edges).toMatchObject([
      { node: { id: given.donate.donation.id, donor: null } },
    ]);

    // Something is offered, changed, and bought by others.
    const { publishListing } = await shop.send('PublishListing', {
      input: {
        title: 'Cinnamon buns',
        price: { amountMinor: '500', currency: 'EUR' },
        category: 'FOOD',
        initialStock: 3,
      },
    });
    const { id: listingId } = publishListing.listing;
    const input = { listingId };
    await shop.send('ChangeListingPrice', { input: { ...input, amountMinor: '400' } });
    await shop.send('AdjustStock', { input: { ...input, delta: -1, reason: 'DAMAGED' } });
    await shop.send('PauseListing', { input });
    await shop.send('ResumeListing', { input });
    expect((await ross.send('ListingPage', { id: listingId })).listing).toMatchObject({
      ...{ availableStock: 2, status: 'ACTIVE', price: { amountMinor: '400' } },
    });
    const { listings } = await ross.send('BrowseListings', { category: 'FOOD', first: 1 });
    expect(listings.edges).toMatchObject([{ node: { id: listingId } }]);
    expect((await ross.send('Shop', { id: merchant?.id })).user.goodsSold.units).toBeGreaterThan(0);
    expect((await ross.send('MyOrders')).me.orders.edges).not.toEqual([]);
    const [{ node: order }] = (await shop.send('MySales')).me.sales.edges;
    expect((await shop.send('OrderPage', { id: order.id })).order.total).toEqual(order.total);

    // A community is founded, written to, and left.
    const slug = 'saved-trade';
    const { createCommunity } = await ross.send('CreateCommunity', {
      input: { name: 'Bakers', slug },
    });
    const { id: communityId } = createCommunity.community;
    await shop.send('JoinCommunity', { input: { communityId } });
    const { createPost } = await shop.send('CreatePost', {
      input: { communityId, title: 'Buns', body: 'At four.' },
    });
    const { id: postId } = createPost.post;
    await ross.send('VoteOnPost', { input: { postId, vote: 'UP' } });
    const { addComment } = await ross.send('AddComment', { input: { postId, body: 'Warm?' } });
    const { id: commentId } = addComment.comment;
    await shop.send('VoteOnComment', { input: { commentId, vote: 'UP' } });
    expect((await shop.send('Comment', { id: commentId })).comment).toMatchObject({ score: 1 });
    expect((await ross.send('Thread', { id: postId })).post).toMatchObject({
      ...{ score: 1, commentCount: 1 },
      comments: { edges: [{ node: { id: commentId, body: 'Warm?' } }] },
    });
    const { communityBySlug } = await donor.send('CommunityPage', { slug });
    expect(communityBySlug).toMatchObject({ memberCount: 2, posts: { edges: [{}] } });
    await ross.send('DeleteComment', { input: { commentId } });
    await ross.send('DeletePost', { input: { postId } });
    await shop.send('LeaveCommunity', { input: { communityId } });
    expect((await ross.send('CommunityById', { id: communityId })).community).toMatchObject({
      ...{ memberCount: 1, postCount: 0 },
    });
    expect((await ross.send('BrowseCommunities')).communities.edges).not.toEqual([]);

    expect(saved.unsent()).toEqual([]);
  });
}
