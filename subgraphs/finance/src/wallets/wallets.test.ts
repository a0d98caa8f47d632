import { newId } from '@civitas/platform/ids';
import { recordStatements, userViewer } from '@civitas/testkit';
import { describe, expect, test } from 'vitest';
import { donate, transfer } from '../testing/operations.ts';
import { useFinance, userRegistered } from '../testing/use-finance.ts';

const finance = useFinance();

const WALLETS = `query ($users: [_Any!]!) {
  _entities(representations: $users) {
    ... on User { id wallets { id owner { id } currency balance { amountMinor currency } openedAt } }
  }
}`;
const OPEN = `mutation ($currency: Currency!) {
  openWallet(input: { currency: $currency }) {
    __typename ... on OpenWalletSuccess { wallet { id currency balance { amountMinor } } }
  }
}`;
const STATEMENT = `query ($id: ID!, $first: Int! = 20, $after: String) {
  wallet(id: $id) {
    entries(first: $first, after: $after) {
      edges { cursor node {
        id kind amount { amountMinor } balanceAfter { amountMinor } counterparty { id } note
        donation { id donor { id } }
      } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const user = (id: string) => ({ users: [{ __typename: 'User', id }] });

describe('a wallet in euros', () => {
  test('is opened for everybody who registers, empty', async () => {
    const ada = await finance.register('CIVILIAN');
    const { _entities } = await ada.run(WALLETS, user(ada.id));
    expect(_entities).toEqual([
      {
        id: ada.id,
        wallets: [
          {
            id: ada.walletId,
            owner: { id: ada.id },
            currency: 'EUR',
            balance: { amountMinor: '0', currency: 'EUR' },
            openedAt: '2026-01-01T08:00:00.000Z',
          },
        ],
      },
    ]);
  });

  test('is opened once, when the event comes twice, also at the same time', async () => {
    const id = newId('usr');
    const event = userRegistered(id, 'CIVILIAN');
    await Promise.all([finance.bus.publish([event]), finance.bus.publish([event, event])]);
    await finance.bus.publish([event]);
    expect(await finance.db.client.account.count({ where: { ownerId: id } })).toBe(1);
    expect(await finance.db.client.inboxEvent.count({ where: { eventId: event.id } })).toBe(1);
  });

  test('is the same one when its owner opens it before the event arrives', async () => {
    const viewer = userViewer({ kind: 'FAMILY' });
    const { openWallet } = await finance.as(viewer).run(OPEN, { currency: 'EUR' });
    await finance.bus.publish([userRegistered(viewer.id, 'FAMILY')]);
    const wallets = await finance.db.client.account.findMany({ where: { ownerId: viewer.id } });
    expect(wallets.map(({ id }) => id)).toEqual([openWallet.wallet.id]);
    const party = await finance.db.client.party.findUniqueOrThrow({ where: { id: viewer.id } });
    expect(party.kind).toBe('FAMILY');
  });
});

test('there is one wallet per currency, told of once, however often and at once it is opened', async () => {
  const ada = await finance.register('CIVILIAN');
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      ada.run(OPEN, { currency: index % 2 ? 'CHF' : 'JPY' }),
    ),
  );
  const ids = new Set(answers.map(({ openWallet }) => openWallet.wallet.id));
  expect(ids.size).toBe(2);
  const { _entities } = await ada.run(WALLETS, user(ada.id));
  const currencies = _entities[0].wallets.map(({ currency }: { currency: string }) => currency);
  expect(currencies.toSorted()).toEqual(['CHF', 'EUR', 'JPY']);
  const told = await finance.db.client.outboxEvent.findMany({
    where: { type: 'finance.wallet.opened', aggregateId: { in: [...ids] } },
    select: { payload: true },
  });
  expect(told.map(({ payload }) => payload)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ownerId: ada.id, currency: 'CHF' }),
      expect.objectContaining({ ownerId: ada.id, currency: 'JPY' }),
    ]),
  );
  expect(told).toHaveLength(2);
});

test('a currency the graph does not trade in is refused', async () => {
  const ada = await finance.register('CIVILIAN');
  expect(await ada.codes(OPEN, { currency: 'XAU' })).toEqual(['BAD_USER_INPUT']);
});

describe("somebody else's wallets", () => {
  test('cannot be listed', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const mallory = await finance.register('OFFICER');
    for (const [client, code] of [
      [mallory, 'FORBIDDEN'],
      [finance.as(), 'UNAUTHENTICATED'],
    ] as const) {
      const { data, errors } = await client.execute(WALLETS, user(ada.id));
      expect(data).toEqual({ _entities: [{ id: ada.id, wallets: null }] });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
    }
  });

  test('look like none at all, by id and as an entity', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const mallory = await finance.register('CIVILIAN');
    const entity = `query ($from: [_Any!]!) {
      _entities(representations: $from) { ... on Wallet { balance { amountMinor } } }
    }`;
    for (const id of [ada.walletId, newId('wal')]) {
      expect(await mallory.run(STATEMENT, { id })).toEqual({ wallet: null });
      const from = [{ __typename: 'Wallet', id }];
      expect(await mallory.run(entity, { from })).toEqual({ _entities: [null] });
      expect(await finance.as().codes(entity, { from })).toEqual(['UNAUTHENTICATED']);
    }
    expect(await finance.as().codes(STATEMENT, { id: ada.walletId })).toEqual(['UNAUTHENTICATED']);
  });

  test('are not found by the id of an account of the platform', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const external = await finance.db.client.account.findFirstOrThrow({
      where: { kind: 'EXTERNAL_FUNDING' },
    });
    expect(await ada.codes(STATEMENT, { id: external.id })).toEqual(['MALFORMED_ID']);
  });
});

describe('a statement', () => {
  test('has every movement, newest first, with the balance after each', async () => {
    const ada = await finance.register('CIVILIAN', 10_00);
    const bo = await finance.register('CIVILIAN');
    const family = await finance.register('FAMILY');
    await transfer(ada, bo, { amountMinor: '300', note: 'Rent' });
    await transfer(bo, ada, { amountMinor: '50' });
    const gift = { amountMinor: '200', message: 'Hello', anonymous: true };
    const { donation } = await donate(ada, family, gift);
    const { wallet } = await ada.run(STATEMENT, { id: ada.walletId });
    const lines = wallet.entries.edges.map(
      // biome-ignore lint/suspicious/noExplicitAny: the answer of the query above
      ({ node }: any) => [
        node.kind,
        node.amount.amountMinor,
        node.balanceAfter.amountMinor,
        node.counterparty?.id ?? null,
        node.note,
        node.donation?.id ?? null,
      ],
    );
    expect(lines).toEqual([
      ['DONATION', '-200', '550', family.id, 'Hello', donation.id],
      ['TRANSFER', '50', '750', bo.id, null, null],
      ['TRANSFER', '-300', '700', bo.id, 'Rent', null],
      ['FUNDING', '1000', '1000', null, expect.stringMatching(/^pay_/), null],
    ]);
  });

  test('comes in pages that fit together while new lines arrive', async () => {
    const ada = await finance.register('CIVILIAN', 10_00);
    const bo = await finance.register('CIVILIAN');
    for (let count = 0; count < 5; count += 1) await transfer(ada, bo);
    const balances: string[] = [];
    let after: string | null = null;
    do {
      const { wallet } = await ada.run(STATEMENT, { id: ada.walletId, first: 2, after });
      for (const { node } of wallet.entries.edges) balances.push(node.balanceAfter.amountMinor);
      after = wallet.entries.pageInfo.hasNextPage ? wallet.entries.pageInfo.endCursor : null;
      await transfer(ada, bo);
    } while (after);
    expect(balances).toEqual(['500', '600', '700', '800', '900', '1000']);
  });

  test('refuses page sizes and cursors that are not its own', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const id = ada.walletId;
    const family = await finance.register('FAMILY');
    await donate(ada, family);
    const { _entities } = await ada.run(
      `query ($users: [_Any!]!) { _entities(representations: $users) {
        ... on User { donationsMade { pageInfo { endCursor } } } } }`,
      user(ada.id),
    );
    const foreign = _entities[0].donationsMade.pageInfo.endCursor;
    expect(await ada.codes(STATEMENT, { id, after: foreign })).toEqual(['MALFORMED_CURSOR']);
    expect(await ada.codes(STATEMENT, { id, after: 'x' })).toEqual(['MALFORMED_CURSOR']);
    for (const first of [0, -1, 101, 1_000_000]) {
      expect(await ada.codes(STATEMENT, { id, first })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
    }
    expect(await ada.codes(STATEMENT, { id: 'NOT_A_VALID_ID' })).toEqual(['MALFORMED_ID']);
  });

  test('of all wallets of somebody costs one statement of SQL', async () => {
    const ada = await finance.register('CIVILIAN', 10_00);
    for (const currency of ['CHF', 'JPY', 'USD']) await ada.run(OPEN, { currency });
    const query = `query ($users: [_Any!]!) { _entities(representations: $users) {
      ... on User { wallets { entries { edges { node { id counterparty { id } donation { id } } } } } } } }`;
    const statements = await recordStatements(() => ada.run(query, user(ada.id)));
    // The wallets, and their lines; the relay may be reading its outbox.
    expect(statements.filter((text) => !text.includes('outbox'))).toHaveLength(2);
  });
});

test('a malformed user is refused before it gets near the database', async () => {
  const ada = await finance.register('CIVILIAN');
  expect(await ada.codes(WALLETS, user('NOT_A_VALID_ID'))).toEqual(['MALFORMED_ID']);
});

test('an event that makes no sense is parked, and those of others go on', async () => {
  const event = userRegistered(newId('usr'), 'CIVILIAN');
  const broken = { ...event, payload: { userId: 'NOT_A_VALID_ID', kind: 'CIVILIAN' } };
  await finance.bus.publish([broken]);
  expect(await finance.db.client.parkedEvent.count({ where: { eventId: event.id } })).toBe(1);
  const ada = await finance.register('CIVILIAN');
  expect(await ada.balance()).toBe(0n);
});
