import { newId } from '@civitas/platform/ids';
import { recordStatements } from '@civitas/testkit';
import { describe, expect, test } from 'vitest';
import { ledgerStory } from '../testing/ledger-story.ts';
import { donate, freshKey, transfer } from '../testing/operations.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';

const finance = useFinance();

const RECEIVED = `query ($users: [_Any!]!, $first: Int! = 20, $after: String) {
  _entities(representations: $users) {
    ... on User {
      id
      donationsReceivedTotal { amountMinor currency }
      inYen: donationsReceivedTotal(currency: JPY) { amountMinor currency }
      donationsReceived(first: $first, after: $after) {
        edges { node { id amount { amountMinor } donatedAt donor { id } message } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const MADE = `query ($users: [_Any!]!, $first: Int! = 20, $after: String) {
  _entities(representations: $users) {
    ... on User {
      donationsMade(first: $first, after: $after) {
        edges { node { id anonymous } } pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const users = (...people: readonly { id: string }[]) => ({
  users: people.map(({ id }) => ({ __typename: 'User', id })),
});

async function received(family: TestPerson) {
  const { _entities } = await finance.as().run(RECEIVED, users(family));
  return _entities[0];
}

test('a donation moves the money, is listed for everybody, and is counted', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const family = await finance.register('FAMILY');
  const { donation, wallet } = await donate(donor, family, {
    amountMinor: '2500',
    message: ' For winter clothes ',
  });
  expect(donation).toEqual({
    id: expect.stringMatching(/^don_/),
    amount: { amountMinor: '2500', currency: 'EUR' },
    donatedAt: expect.any(String),
    anonymous: false,
    donor: { id: donor.id },
    family: { id: family.id },
    message: 'For winter clothes',
  });
  expect(wallet).toEqual({ id: donor.walletId, balance: { amountMinor: '7500' } });
});

test('an accountant can follow it', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const family = await finance.register('FAMILY');
  const shop = await finance.register('MERCHANT');
  await donate(donor, family, { amountMinor: '2500', message: 'For winter' });
  await donate(donor, family, { amountMinor: '1', anonymous: true });
  await transfer(family, shop, { amountMinor: '1999', note: 'Three coats' });
  const story = await ledgerStory(finance.db, { Donor: donor, Family: family, Shop: shop });
  expect(story).toMatchInlineSnapshot(`
    "entry                | account          |      debit |     credit |    balance
    FUNDING              | EXTERNAL_FUNDING | 100.00 EUR |            |          …
                         | Donor            |            | 100.00 EUR | 100.00 EUR
    DONATION For winter  | Donor            |  25.00 EUR |            |  75.00 EUR
                         | Family           |            |  25.00 EUR |  25.00 EUR
    DONATION             | Donor            |   0.01 EUR |            |  74.99 EUR
                         | Family           |            |   0.01 EUR |  25.01 EUR
    TRANSFER Three coats | Family           |  19.99 EUR |            |   5.02 EUR
                         | Shop             |            |  19.99 EUR |  19.99 EUR"
  `);
});

test('two donations in one request each answer the total and the statement after it', async () => {
  const donor = await finance.register('DONOR', 10_00);
  const family = await finance.register('FAMILY');
  const document = `mutation ($one: DonateInput!, $two: DonateInput!) {
    one: donate(input: $one) { ...given }
    two: donate(input: $two) { ...given }
  }
  fragment given on DonateSuccess {
    donation { family { donationsReceivedTotal { amountMinor } } }
    wallet { entries(first: 1) { edges { node { balanceAfter { amountMinor } } } } }
  }`;
  const input = () => ({
    ...{ familyId: family.id, fromWalletId: donor.walletId, amountMinor: '100' },
    ...{ anonymous: false, idempotencyKey: freshKey() },
  });
  const after = (total: string, balance: string) => ({
    donation: { family: { donationsReceivedTotal: { amountMinor: total } } },
    wallet: { entries: { edges: [{ node: { balanceAfter: { amountMinor: balance } } }] } },
  });
  expect(await donor.run(document, { one: input(), two: input() })).toEqual({
    one: after('100', '900'),
    two: after('200', '800'),
  });
});

test('the newest donation comes first, and pages fit together', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const family = await finance.register('FAMILY');
  const given: string[] = [];
  for (let count = 0; count < 5; count += 1) given.push((await donate(donor, family)).donation.id);
  const listed: string[] = [];
  let after: string | null = null;
  do {
    const { _entities } = await finance.as().run(RECEIVED, { ...users(family), first: 2, after });
    const { edges, pageInfo } = _entities[0].donationsReceived;
    for (const { node } of edges) listed.push(node.id);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  expect(listed).toEqual(given.toReversed());
});

describe('the total of a family', () => {
  test('counts every donation in its currency, and is zero when there was none', async () => {
    const donor = await finance.register('DONOR', 100_00);
    const family = await finance.register('FAMILY');
    expect((await received(family)).donationsReceivedTotal).toEqual({
      amountMinor: '0',
      currency: 'EUR',
    });
    await donate(donor, family, { amountMinor: '1000' });
    await donate(donor, family, { amountMinor: '234', anonymous: true });
    expect(await received(family)).toMatchObject({
      donationsReceivedTotal: { amountMinor: '1234', currency: 'EUR' },
      inYen: { amountMinor: '0', currency: 'JPY' },
    });
  });

  test('is exact when forty donations arrive at once, of several donors', async () => {
    const donors = await Promise.all(
      Array.from({ length: 4 }, () => finance.register('DONOR', 10_00)),
    );
    const family = await finance.register('FAMILY');
    await Promise.all(
      donors.flatMap((donor) =>
        Array.from({ length: 10 }, (_, index) => donate(donor, family, { anonymous: index < 5 })),
      ),
    );
    expect((await received(family)).donationsReceivedTotal.amountMinor).toBe('4000');
    expect(await family.balance()).toBe(40_00n);
  });

  test('is null for everybody who is not a family, and for nobody', async () => {
    const donor = await finance.register('DONOR');
    const { _entities } = await finance.as().run(RECEIVED, users(donor, { id: newId('usr') }));
    for (const person of _entities) {
      expect(person.donationsReceivedTotal).toBeNull();
      expect(person.donationsReceived.edges).toEqual([]);
    }
  });
});

test('what somebody gave anonymously is listed for them alone, on every page', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const family = await finance.register('FAMILY');
  for (const anonymous of [true, false, true, false, true])
    await donate(donor, family, { anonymous });
  const flags = async (client: TestPerson) => {
    const { _entities } = await client.run(MADE, { ...users(donor), first: 3 });
    const { edges, pageInfo } = _entities[0].donationsMade;
    return [
      edges.map(({ node }: { node: { anonymous: boolean } }) => node.anonymous),
      pageInfo.hasNextPage,
    ];
  };
  expect(await flags(donor)).toEqual([[true, false, true], true]);
  expect(await flags(family)).toEqual([[false, false], false]);
});

describe('nothing is given and the reason is told', () => {
  test.each(['CIVILIAN', 'MERCHANT', 'OFFICER', 'DONOR'] as const)(
    'when it is for a %s',
    async (kind) => {
      const donor = await finance.register('DONOR', 100);
      const answer = await donate(donor, await finance.register(kind));
      expect(answer).toMatchObject({ code: 'NOT_A_FAMILY', path: ['input', 'familyId'] });
      expect(await donor.balance()).toBe(100n);
    },
  );

  test('when nobody has this id', async () => {
    const donor = await finance.register('DONOR', 100);
    expect(await donate(donor, { id: newId('usr') })).toMatchObject({ code: 'NOT_A_FAMILY' });
  });

  test('when the wallet holds less', async () => {
    const donor = await finance.register('DONOR', 99);
    const family = await finance.register('FAMILY');
    expect(await donate(donor, family)).toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
      available: { amountMinor: '99', currency: 'EUR' },
    });
    expect((await received(family)).donationsReceivedTotal.amountMinor).toBe('0');
  });

  test("when the wallet is somebody else's", async () => {
    const donor = await finance.register('DONOR', 100);
    const family = await finance.register('FAMILY');
    expect(await donate(family, family, { fromWalletId: donor.walletId })).toMatchObject({
      code: 'WALLET_NOT_FOUND',
    });
  });

  test('when the family has no wallet in that currency', async () => {
    const donor = await finance.register('DONOR', 100);
    const family = await finance.register('FAMILY');
    const { openWallet } = await donor.run(
      'mutation { openWallet(input: { currency: TND }) { ... on OpenWalletSuccess { wallet { id } } } }',
    );
    const answer = await donate(donor, family, { fromWalletId: openWallet.wallet.id });
    expect(answer).toMatchObject({ code: 'CURRENCY_MISMATCH', path: ['input', 'fromWalletId'] });
  });

  test('when a family gives to itself', async () => {
    const family = await finance.register('FAMILY', 100);
    expect(await donate(family, family)).toMatchObject({ code: 'SAME_WALLET' });
  });

  test.each([
    [{ amountMinor: '0' }, 'amountMinor'],
    [{ familyId: 'NOT_A_VALID_ID' }, 'familyId'],
    [{ fromWalletId: newId('usr') }, 'fromWalletId'],
    [{ message: 'nul\u0000' }, 'message'],
    [{ message: 'm'.repeat(501) }, 'message'],
  ])('when the input is %j', async (input, field) => {
    const donor = await finance.register('DONOR', 100);
    const family = await finance.register('FAMILY');
    expect(await donate(donor, family, input)).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', field],
    });
  });
});

describe('an idempotency key', () => {
  test('gives the same donation ten times at once', async () => {
    const donor = await finance.register('DONOR', 10_00);
    const family = await finance.register('FAMILY');
    const idempotencyKey = freshKey();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => donate(donor, family, { idempotencyKey })),
    );
    expect(new Set(answers.map(({ donation }) => donation.id)).size).toBe(1);
    expect((await received(family)).donationsReceivedTotal.amountMinor).toBe('100');
  });

  test('is refused for what differs in one thing alone, and for a transfer', async () => {
    const donor = await finance.register('DONOR', 10_00);
    const [family, other] = [await finance.register('FAMILY'), await finance.register('FAMILY')];
    const { openWallet } = await donor.run(
      'mutation { openWallet(input: { currency: CHF }) { ... on OpenWalletSuccess { wallet { id } } } }',
    );
    const idempotencyKey = freshKey();
    await donate(donor, family, { idempotencyKey });
    const reused = { code: 'IDEMPOTENCY_KEY_REUSED' };
    for (const difference of [
      { anonymous: true },
      { amountMinor: '101' },
      { message: 'Hello' },
      { familyId: other.id },
      { fromWalletId: openWallet.wallet.id },
    ]) {
      const again = await donate(donor, family, { idempotencyKey, ...difference });
      expect([difference, again]).toMatchObject([difference, reused]);
    }
    expect(await transfer(donor, family, { idempotencyKey })).toMatchObject(reused);
  });
});

test('lists and totals of many families cost one statement of SQL each', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const families = await Promise.all(Array.from({ length: 6 }, () => finance.register('FAMILY')));
  await Promise.all(families.map((family) => donate(donor, family)));
  const statements = await recordStatements(() => finance.as().run(RECEIVED, users(...families)));
  // The list, and the total in each of two currencies; the relay may be reading its outbox.
  expect(statements.filter((text) => /\bdonation/.test(text))).toHaveLength(3);
});

test('pages of a wrong size and cursors of another list are refused', async () => {
  const donor = await finance.register('DONOR', 100_00);
  const family = await finance.register('FAMILY');
  await donate(donor, family);
  const { _entities } = await donor.run(MADE, users(donor));
  const after = _entities[0].donationsMade.pageInfo.endCursor;
  const codes = (variables: object) =>
    finance.as().codes(RECEIVED, { ...users(family), ...variables });
  expect(await codes({ after })).toEqual(['MALFORMED_CURSOR']);
  expect(await codes({ first: 0 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  expect(await codes({ first: 1_000_000 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
});

test('giving needs somebody who is signed in', async () => {
  const input = {
    familyId: newId('usr'),
    fromWalletId: newId('wal'),
    amountMinor: '1',
    anonymous: true,
    idempotencyKey: 'k',
  };
  const mutation = 'mutation ($input: DonateInput!) { donate(input: $input) { __typename } }';
  expect(await finance.as().codes(mutation, { input })).toEqual(['UNAUTHENTICATED']);
});
