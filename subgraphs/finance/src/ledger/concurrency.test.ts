import { newId } from '@civitas/platform/ids';
import { recordStatements } from '@civitas/testkit';
import { expect, test } from 'vitest';
import { freshKey, transfer } from '../testing/operations.ts';
import { useFinance } from '../testing/use-finance.ts';
import { fundFromOutside } from './fund-from-outside.ts';

const finance = useFinance();

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

test('fifty payments at once from a wallet that holds ten of them: ten succeed', async () => {
  const ada = await finance.register('CIVILIAN', 10_00);
  const shops = await Promise.all(times(5).map(() => finance.register('MERCHANT')));
  const answers = await Promise.all(
    times(50).map((index) => transfer(ada, shops[index % 5] ?? ada)),
  );
  const outcomes = Object.groupBy(answers, ({ __typename }) => __typename);
  expect(outcomes['TransferSuccess']).toHaveLength(10);
  expect(outcomes['InsufficientFunds']).toHaveLength(40);
  expect(await ada.balance()).toBe(0n);
  const received = await Promise.all(shops.map((shop) => shop.balance()));
  expect(received.reduce((sum, balance) => sum + balance, 0n)).toBe(10_00n);
});

test('the same request twenty times at once moves the money once and is answered alike', async () => {
  const ada = await finance.register('CIVILIAN', 10_00);
  const bo = await finance.register('CIVILIAN');
  const idempotencyKey = freshKey();
  const answers = await Promise.all(times(20).map(() => transfer(ada, bo, { idempotencyKey })));
  expect(new Set(answers.map(({ line }) => JSON.stringify(line))).size).toBe(1);
  expect([await ada.balance(), await bo.balance()]).toEqual([9_00n, 1_00n]);
});

test('one key for two requests at once: one of them happens, the other is told why not', async () => {
  const ada = await finance.register('CIVILIAN', 10_00);
  const [bo, cy] = [await finance.register('CIVILIAN'), await finance.register('CIVILIAN')];
  const idempotencyKey = freshKey();
  const answers = await Promise.all(
    times(10).map((index) => transfer(ada, index % 2 ? bo : cy, { idempotencyKey })),
  );
  const outcomes = Object.groupBy(answers, ({ __typename }) => __typename);
  expect(outcomes['TransferSuccess']).toHaveLength(5);
  expect(outcomes['IdempotencyKeyReused']).toHaveLength(5);
  expect(await ada.balance()).toBe(9_00n);
});

test('opposite transfers at once never deadlock: no transaction has to be run again', async () => {
  const ada = await finance.register('CIVILIAN', 100_00);
  const bo = await finance.register('CIVILIAN', 100_00);
  const statements = await recordStatements(() =>
    Promise.all(times(40).map((index) => (index % 2 ? transfer(ada, bo) : transfer(bo, ada)))),
  );
  const count = (word: string) => statements.filter((text) => text.startsWith(word)).length;
  expect([count('BEGIN'), count('COMMIT'), count('ROLLBACK')]).toEqual([40, 40, 0]);
  expect([await ada.balance(), await bo.balance()]).toEqual([100_00n, 100_00n]);
});

test('a payment from outside arrives once, however often it is told', async () => {
  const ada = await finance.register('CIVILIAN');
  const funding = {
    walletId: ada.walletId,
    amountMinor: 700n,
    reference: newId('pay'),
    occurredAt: new Date(),
  };
  const entries = await Promise.all(times(10).map(() => fundFromOutside(finance.db, funding)));
  expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(1);
  expect(await ada.balance()).toBe(700n);
  await expect(
    fundFromOutside(finance.db, { ...funding, amountMinor: 701n }),
  ).rejects.toMatchObject({
    data: { code: 'IDEMPOTENCY_KEY_REUSED' },
  });
});

test.each([0n, -1n])('a payment of %i from outside is refused', async (amountMinor) => {
  const { walletId } = await finance.register('CIVILIAN', 100);
  const funding = { walletId, amountMinor, reference: newId('pay'), occurredAt: new Date() };
  await expect(fundFromOutside(finance.db, funding)).rejects.toThrow(RangeError);
});

test('the first payments in a currency share one account of the platform', async () => {
  const people = await Promise.all(times(6).map(() => finance.register('CIVILIAN')));
  const open =
    'mutation { openWallet(input: { currency: SEK }) { ... on OpenWalletSuccess { wallet { id } } } }';
  await Promise.all(
    people.map(async (person) => {
      const { openWallet } = await person.run(open);
      await fundFromOutside(finance.db, {
        walletId: openWallet.wallet.id,
        amountMinor: 5n,
        reference: newId('pay'),
        occurredAt: new Date(),
      });
    }),
  );
  const accounts = await finance.db.client.account.findMany({
    where: { kind: 'EXTERNAL_FUNDING', currency: 'SEK' },
  });
  expect(accounts.map(({ balanceMinor }) => balanceMinor)).toEqual([-30n]);
});
