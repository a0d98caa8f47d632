import { newId } from '@civitas/platform/ids';
import { beforeAll, describe, expect, test } from 'vitest';
import { donate, transfer } from '../testing/operations.ts';
import { postByHand } from '../testing/post-by-hand.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';
import { lockAccounts } from './lock-accounts.ts';
import { writePostings } from './write-postings.ts';

const finance = useFinance();
let ada: TestPerson;
let bo: TestPerson;
let family: TestPerson;
let entryId: string;

beforeAll(async () => {
  ada = await finance.register('DONOR', 10_00);
  bo = await finance.register('CIVILIAN', 10_00);
  family = await finance.register('FAMILY');
  const { id } = await finance.db.client.entry.findFirstOrThrow({
    where: { postings: { some: { accountId: ada.walletId } } },
  });
  entryId = id;
  // So that there is a row to guard.
  await donate(ada, family, { amountMinor: '1' });
});

const sql = (text: string, ...values: unknown[]) =>
  finance.db.inTransaction((tx) => tx.$executeRawUnsafe(text, ...values));

const post = (...legs: readonly [TestPerson, bigint][]) =>
  finance.db.inTransaction((tx) => postByHand(tx, legs));

describe('the database itself refuses', () => {
  test('an entry that does not sum to zero', async () => {
    await expect(post([ada, -5n], [bo, 6n])).rejects.toThrow(/do not sum to zero/);
  });

  test('an entry with fewer postings than it states', async () => {
    await expect(post([ada, 5n])).rejects.toThrow(/has 1 postings and not the 2/);
    await expect(post()).rejects.toThrow(/has 0 postings and not the 2/);
  });

  test('an entry of one side', async () => {
    const alone = finance.db.inTransaction((tx) => postByHand(tx, [], { postingCount: 1 }));
    await expect(alone).rejects.toThrow(/entry_has_two_sides/);
  });

  test('balanced postings added to an entry that is posted', async () => {
    const late = finance.db.inTransaction(async (tx) => {
      await lockAccounts(tx, [bo.walletId, family.walletId]);
      await writePostings(tx, entryId, [
        { accountId: bo.walletId, amountMinor: -1n },
        { accountId: family.walletId, amountMinor: 1n },
      ]);
    });
    await expect(late).rejects.toThrow(/has 4 postings and not the 2/);
  });

  test('a wallet below zero, even within an entry that balances', async () => {
    await expect(post([ada, -10_01n], [bo, 10_01n])).rejects.toThrow(/never negative/);
  });

  test('a posting of nothing', async () => {
    await expect(post([ada, 0n], [bo, 0n])).rejects.toThrow(/posting_moves_something/);
  });

  test.each([
    ['place', 2n, 0n],
    ['balance', 1n, 1n],
    ['balance', 1n, -1n],
  ])('a posting that misstates its %s', async (_, ahead, tooMuch) => {
    const wrong = finance.db.inTransaction(async (tx) => {
      const id = await postByHand(tx, []);
      const account = await tx.account.findUniqueOrThrow({ where: { id: ada.walletId } });
      await tx.posting.create({
        data: {
          entryId: id,
          accountId: ada.walletId,
          currency: 'EUR',
          amountMinor: 1n,
          sequence: account.postingCount + ahead,
          balanceAfter: account.balanceMinor + 1n + tooMuch,
        },
      });
    });
    await expect(wrong).rejects.toThrow(/states balance/);
  });

  test("a posting in another currency than its account's", async () => {
    const wrong = sql(
      `INSERT INTO posting (account_id, sequence, entry_id, currency, amount_minor, balance_after)
       SELECT id, posting_count + 1, $1, 'USD', 1, balance_minor + 1 FROM account WHERE id = $2`,
      entryId,
      bo.walletId,
    );
    await expect(wrong).rejects.toThrow(/posting_account_id_currency_fkey|23503/);
  });

  test.each([
    'UPDATE entry SET description = NULL',
    'DELETE FROM entry',
    'TRUNCATE entry CASCADE',
    'UPDATE posting SET amount_minor = amount_minor + 1',
    'DELETE FROM posting',
    'TRUNCATE posting',
    'UPDATE donation SET anonymous = false',
    'DELETE FROM donation',
    'TRUNCATE donation',
    'DELETE FROM account',
    'TRUNCATE account CASCADE',
  ])('%s', async (statement) => {
    await expect(sql(statement)).rejects.toThrow(/append-only/);
  });

  test.each([
    'balance_minor = balance_minor + 1',
    'posting_count = 0',
    "currency = 'USD'",
    "opened_at = '2000-01-01'",
  ])('an account changed by hand: %s', async (change) => {
    await expect(sql(`UPDATE account SET ${change}`)).rejects.toThrow(/by postings alone/);
  });

  test('an account that starts with money', async () => {
    const rich = finance.db.client.account.create({
      data: {
        id: newId('wal'),
        kind: 'WALLET',
        normalBalance: 'CREDIT',
        currency: 'JPY',
        ownerId: ada.id,
        balanceMinor: 1n,
        openedAt: new Date(),
      },
    });
    await expect(rich).rejects.toThrow(/must start empty/);
  });

  test.each([
    ['a second wallet in a currency', { id: newId('wal'), currency: 'EUR' }, /Unique constraint/],
    ['a wallet of nobody', { id: newId('wal'), ownerId: null }, /account_owned_if_wallet/],
    ['a wallet with the id of another kind', { id: newId('acc') }, /account_id_of_its_kind/],
    [
      'a wallet as an asset',
      { id: newId('wal'), normalBalance: 'DEBIT' },
      /account_normal_balance/,
    ],
    [
      'a second account of a kind of its own',
      {
        id: newId('acc'),
        kind: 'EXTERNAL_FUNDING',
        normalBalance: 'DEBIT',
        ownerId: null,
        currency: 'EUR',
      },
      /Unique constraint/,
    ],
  ] as const)('%s', async (_, difference, reason) => {
    const data = {
      kind: 'WALLET' as const,
      normalBalance: 'CREDIT' as const,
      currency: 'JPY' as const,
      ownerId: ada.id,
      openedAt: new Date(),
      ...difference,
    };
    await expect(finance.db.client.account.create({ data })).rejects.toThrow(reason);
  });

  test('an account that an entry posts to twice', async () => {
    const twice = sql(
      `INSERT INTO posting (account_id, sequence, entry_id, currency, amount_minor, balance_after)
       SELECT id, posting_count + n, $1, currency, 1, balance_minor + n
       FROM account, generate_series(1, 2) AS n WHERE id = $2`,
      entryId,
      bo.walletId,
    );
    await expect(twice).rejects.toThrow(/posting_entry_id_account_id_key|23505/);
  });

  test('an entry that sums to zero over two currencies', async () => {
    const open = `mutation { openWallet(input: { currency: USD }) {
      ... on OpenWalletSuccess { wallet { id } } } }`;
    const { openWallet } = await bo.run(open);
    const exchanged = post([ada, -1n], [{ ...bo, walletId: openWallet.wallet.id }, 1n]);
    await expect(exchanged).rejects.toThrow(/do not sum to zero/);
  });

  test('where no trigger runs, what a check knows', async () => {
    for (const [check, change] of [
      ['account_wallet_not_overdrawn', "account SET balance_minor = -1 WHERE kind = 'WALLET'"],
      ['account_posting_count', 'account SET posting_count = -1'],
      ['entry_request_hash', "entry SET request_hash = ''"],
      ['entry_idempotency_key', "entry SET idempotency_key = ''"],
      ['entry_description', "entry SET description = ''"],
      ['posting_sequence', 'posting SET sequence = -sequence'],
      ['donation_amount', 'donation SET amount_minor = 0'],
      ['donation_to_family', "donation SET family_kind = 'DONOR'"],
      ['donation_total_not_negative', 'donation_total SET amount_minor = -1'],
      ['donation_total_not_negative', 'donation_total SET donation_count = -1'],
      ['donation_total_of_family', "donation_total SET family_kind = 'DONOR'"],
    ] as const) {
      const changed = finance.db.inTransaction(async (tx) => {
        // As nobody but a superuser can.
        await tx.$executeRawUnsafe("SET LOCAL session_replication_role = 'replica'");
        await tx.$executeRawUnsafe(`UPDATE ${change}`);
      });
      await expect(changed).rejects.toThrow(check);
    }
  });

  test('a change of the words of somebody who has left, but not that they go', async () => {
    const cy = await finance.register('CIVILIAN', 1);
    await transfer(cy, bo, { amountMinor: '1', note: 'Thanks' });
    const change = (columns: string) =>
      sql(`UPDATE entry SET ${columns} WHERE initiator = $1`, cy.id);
    await expect(change('description = NULL')).rejects.toThrow(/append-only/);
    await sql('UPDATE party SET closed_at = now() WHERE id = $1', cy.id);
    await expect(change("description = 'Never'")).rejects.toThrow(/append-only/);
    await expect(change('description = NULL, occurred_at = now()')).rejects.toThrow(/append-only/);
    expect(await change('description = NULL')).toBe(1);
  });
});
