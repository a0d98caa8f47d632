import { newId } from '@civitas/platform/ids';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FinanceTransaction } from '../context.ts';
import { donate } from '../testing/operations.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';
import { claimEntry } from './claim-entry.ts';
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

async function claim(tx: FinanceTransaction, postingCount: number) {
  const { id } = await claimEntry(tx, {
    kind: 'TRANSFER',
    initiator: 'test',
    idempotencyKey: newId('key'),
    request: [],
    description: null,
    occurredAt: new Date(),
    postingCount,
  });
  return id;
}

/** Posts what it is told to, right or wrong. */
const post = (...legs: readonly [TestPerson, bigint][]) =>
  finance.db.inTransaction(async (tx) => {
    const id = await claim(tx, 2);
    await lockAccounts(tx, [ada.walletId, bo.walletId]);
    const postings = legs.map(([{ walletId }, amountMinor]) => ({
      accountId: walletId,
      amountMinor,
    }));
    await writePostings(tx, id, postings);
  });

describe('the database itself refuses', () => {
  test('an entry that does not sum to zero', async () => {
    await expect(post([ada, -5n], [bo, 6n])).rejects.toThrow(/do not sum to zero/);
  });

  test('an entry with fewer postings than it states', async () => {
    await expect(post([ada, 5n])).rejects.toThrow(/has 1 postings and not the 2/);
    await expect(post()).rejects.toThrow(/has 0 postings and not the 2/);
  });

  test('an entry of one side', async () => {
    await expect(finance.db.inTransaction((tx) => claim(tx, 1))).rejects.toThrow(
      /entry_has_two_sides/,
    );
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
      const id = await claim(tx, 2);
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

  test.each([
    ['another amount', '2', 'ada', 'family'],
    ['another donor', '1', 'bo', 'family'],
    ['somebody who is no family', '1', 'ada', 'bo'],
  ] as const)('a donation of %s than its entry posts', async (_, amount, donor, receiver) => {
    const people = { ada, bo, family };
    const wrong = finance.db.inTransaction(async (tx) => {
      const id = await claim(tx, 2);
      await lockAccounts(tx, [ada.walletId, family.walletId]);
      await writePostings(tx, id, [
        { accountId: ada.walletId, amountMinor: -1n },
        { accountId: family.walletId, amountMinor: 1n },
      ]);
      await tx.donation.create({
        data: {
          id: newId('don'),
          entryId: id,
          donorId: people[donor].id,
          familyId: people[receiver].id,
          currency: 'EUR',
          amountMinor: BigInt(amount),
          anonymous: false,
          donatedAt: new Date(),
        },
      });
    });
    await expect(wrong).rejects.toThrow(/is not what entry|Foreign key/);
  });
});
