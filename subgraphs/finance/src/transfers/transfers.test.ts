import { newId } from '@civitas/platform/ids';
import { describe, expect, test } from 'vitest';
import { ledgerStory } from '../testing/ledger-story.ts';
import { freshKey, transfer } from '../testing/operations.ts';
import { useFinance } from '../testing/use-finance.ts';

const finance = useFinance();

test('a transfer moves the amount and both statements show it', async () => {
  const ada = await finance.register('CIVILIAN', 50_00);
  const bo = await finance.register('MERCHANT');
  const { line, wallet } = await transfer(ada, bo, { amountMinor: '1205', note: ' Bread ' });
  expect(wallet).toEqual({ id: ada.walletId, balance: { amountMinor: '3795' } });
  expect(line).toMatchObject({
    kind: 'TRANSFER',
    amount: { amountMinor: '-1205', currency: 'EUR' },
    balanceAfter: { amountMinor: '3795' },
    counterparty: { id: bo.id },
    note: 'Bread',
  });
  await transfer(bo, ada, { amountMinor: 5n });
  const story = await ledgerStory(finance.db, { Ada: ada, Bo: bo });
  expect(story).toMatchInlineSnapshot(`
    "entry          | account          |     debit |    credit |   balance
    FUNDING        | EXTERNAL_FUNDING | 50.00 EUR |           |         …
                   | Ada              |           | 50.00 EUR | 50.00 EUR
    TRANSFER Bread | Ada              | 12.05 EUR |           | 37.95 EUR
                   | Bo               |           | 12.05 EUR | 12.05 EUR
    TRANSFER       | Bo               |  0.05 EUR |           | 12.00 EUR
                   | Ada              |           |  0.05 EUR | 38.00 EUR"
  `);
});

describe('nothing moves and the reason is told', () => {
  test('when the wallet holds less, with what it holds', async () => {
    const ada = await finance.register('CIVILIAN', 99);
    const bo = await finance.register('CIVILIAN');
    expect(await transfer(ada, bo, { amountMinor: '100' })).toEqual({
      __typename: 'InsufficientFunds',
      code: 'INSUFFICIENT_FUNDS',
      message: 'The wallet holds 0.99 EUR.',
      path: ['input', 'amountMinor'],
      available: { amountMinor: '99', currency: 'EUR' },
    });
    expect([await ada.balance(), await bo.balance()]).toEqual([99n, 0n]);
  });

  test("when the wallet to pay from is somebody else's, exactly as when there is none", async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const mallory = await finance.register('CIVILIAN');
    const stolen = await transfer(mallory, mallory, { fromWalletId: ada.walletId });
    const missing = await transfer(mallory, mallory, { fromWalletId: newId('wal') });
    expect(stolen).toMatchObject({
      code: 'WALLET_NOT_FOUND',
      path: ['input', 'fromWalletId'],
    });
    expect(missing).toEqual(stolen);
    expect(await ada.balance()).toBe(100n);
  });

  test('when the wallet to pay to does not exist', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    expect(await transfer(ada, { walletId: newId('wal') })).toMatchObject({
      code: 'WALLET_NOT_FOUND',
      path: ['input', 'toWalletId'],
    });
  });

  test('when the wallets are of different currencies', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const yen = await ada.run(
      'mutation { openWallet(input: { currency: JPY }) { ... on OpenWalletSuccess { wallet { id } } } }',
    );
    expect(await transfer(ada, { walletId: yen.openWallet.wallet.id })).toMatchObject({
      code: 'CURRENCY_MISMATCH',
    });
  });

  test('when both wallets are the same', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    expect(await transfer(ada, ada)).toMatchObject({ code: 'SAME_WALLET' });
  });

  test.each([
    [{ amountMinor: '0' }, 'amountMinor'],
    [{ amountMinor: '-1' }, 'amountMinor'],
    [{ amountMinor: '1000000000000001' }, 'amountMinor'],
    [{ fromWalletId: 'NOT_A_VALID_ID' }, 'fromWalletId'],
    [{ toWalletId: newId('usr') }, 'toWalletId'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ idempotencyKey: 'two words' }, 'idempotencyKey'],
    [{ idempotencyKey: 'k'.repeat(101) }, 'idempotencyKey'],
    [{ note: 'bell\u0007' }, 'note'],
    [{ note: 'n'.repeat(501) }, 'note'],
  ])('when the input is %j', async (input, field) => {
    const ada = await finance.register('CIVILIAN', 100);
    const bo = await finance.register('CIVILIAN');
    expect(await transfer(ada, bo, input)).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', field],
    });
    expect(await ada.balance()).toBe(100n);
  });

  test.each(['1.5', 'ten', 1.5])(
    'when the amount is %j, which is no whole number',
    async (amount) => {
      const ada = await finance.register('CIVILIAN', 100);
      await expect(transfer(ada, ada, { amountMinor: amount })).rejects.toThrow('BAD_USER_INPUT');
    },
  );

  test('when nobody is signed in', async () => {
    const input = {
      fromWalletId: newId('wal'),
      toWalletId: newId('wal'),
      amountMinor: '1',
      idempotencyKey: 'k',
    };
    const mutation = 'mutation ($input: TransferInput!) { transfer(input: $input) { __typename } }';
    expect(await finance.as().codes(mutation, { input })).toEqual(['UNAUTHENTICATED']);
  });
});

describe('an idempotency key', () => {
  test('gives the same line for the same request, and moves the money once', async () => {
    const ada = await finance.register('CIVILIAN', 500);
    const bo = await finance.register('CIVILIAN');
    const input = { idempotencyKey: freshKey() };
    const first = await transfer(ada, bo, input);
    await transfer(ada, bo);
    const again = await transfer(ada, bo, input);
    expect(again.line).toEqual(first.line);
    expect(again.wallet.balance).toEqual({ amountMinor: '300' });
  });

  test('is refused for what differs in one thing alone', async () => {
    const ada = await finance.register('CIVILIAN', 500);
    const bo = await finance.register('CIVILIAN');
    const { walletId } = await finance.register('CIVILIAN');
    const idempotencyKey = freshKey();
    await transfer(ada, bo, { idempotencyKey });
    for (const difference of [
      { amountMinor: '101' },
      { note: 'other' },
      { toWalletId: walletId },
      { fromWalletId: walletId },
    ]) {
      const again = await transfer(ada, bo, { idempotencyKey, ...difference });
      const reused = { code: 'IDEMPOTENCY_KEY_REUSED', path: ['input', 'idempotencyKey'] };
      expect([difference, again]).toMatchObject([difference, reused]);
    }
    expect(await bo.balance()).toBe(100n);
  });

  test('is not used up by a failure', async () => {
    const ada = await finance.register('CIVILIAN', 50);
    const bo = await finance.register('CIVILIAN', 50);
    const idempotencyKey = freshKey();
    expect(await transfer(ada, bo, { idempotencyKey })).toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    await transfer(bo, ada, { amountMinor: '50' });
    expect(await transfer(ada, bo, { idempotencyKey })).toMatchObject({
      __typename: 'TransferSuccess',
    });
  });

  test('of one person means nothing to another', async () => {
    const ada = await finance.register('CIVILIAN', 100);
    const bo = await finance.register('CIVILIAN', 100);
    const idempotencyKey = freshKey();
    await transfer(ada, bo, { idempotencyKey });
    await transfer(bo, ada, { idempotencyKey });
    expect([await ada.balance(), await bo.balance()]).toEqual([100n, 100n]);
  });
});

test('a posted transfer is told to the other subgraphs, in the same transaction', async () => {
  const ada = await finance.register('CIVILIAN', 100);
  const bo = await finance.register('CIVILIAN');
  const { line } = await transfer(ada, bo);
  await transfer(ada, bo);
  const events = await finance.db.client.outboxEvent.findMany({
    where: { aggregateId: bo.walletId, type: { not: 'finance.wallet.opened' } },
  });
  expect(events.map(({ type, payload }) => [type, payload])).toEqual([
    [
      'finance.transfer.posted',
      {
        entryId: line.id,
        fromUserId: ada.id,
        toUserId: bo.id,
        amountMinor: '100',
        currency: 'EUR',
      },
    ],
  ]);
});
