import { newId } from '@civitas/platform/ids';
import { describe, expect, test } from 'vitest';
import { fundFromOutside } from '../ledger/index.ts';
import { donate, freshKey, transfer } from '../testing/operations.ts';
import { postByHand } from '../testing/post-by-hand.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';
import { paymentLimits, USUAL_LIMITS } from './index.ts';

const finance = useFinance();
const LIMIT = USUAL_LIMITS.EUR;
const MINUTE_S = 60;

/** Somebody in a session that was opened so long ago; with an API key of theirs instead, where one is named. */
function since(somebody: TestPerson, secondsAgo: number | null, apiKeyId?: string): TestPerson {
  const provedAt = secondsAgo === null ? undefined : Math.floor(Date.now() / 1000) - secondsAgo;
  const viewer = {
    ...({ type: 'user', kind: 'CIVILIAN', id: somebody.id, roles: [] } as const),
    ...{ scopes: ['finance:transfer'], sessionId: newId('ses'), provedAt },
    ...(apiKeyId !== undefined && { apiKeyId }),
  };
  return { ...somebody, ...finance.as(viewer) };
}

const REFUSED = { __typename: 'PaymentProofRequired', code: 'PAYMENT_PROOF_REQUIRED' };
const person = (cents = 0) => finance.register('CIVILIAN', cents);

describe('beyond the limit of a day', () => {
  test('an old session moves no money, and a recent proof does', async () => {
    const [ada, bo] = [await person(Number(LIMIT) * 3), await person()];
    const old = since(ada, 10 * MINUTE_S);
    const input = { amountMinor: String(LIMIT + 1n), idempotencyKey: freshKey() };
    expect(await transfer(old, bo, input)).toMatchObject({
      ...REFUSED,
      path: ['input', 'amountMinor'],
    });
    expect(await ada.balance()).toBe(LIMIT * 3n);
    expect(await transfer(since(ada, 9 * MINUTE_S), bo, input)).toMatchObject({
      __typename: 'TransferSuccess',
    });
    // The same again moves nothing, and so takes no proof.
    expect(await transfer(old, bo, input)).toMatchObject({ __typename: 'TransferSuccess' });
    expect(await bo.balance()).toBe(LIMIT + 1n);
    // What was sent by proof counts, too: a cent more is too much.
    expect(await transfer(old, bo, { amountMinor: '1' })).toMatchObject(REFUSED);
  });

  test('it may be split and sent at once, and no more leaves than the limit', async () => {
    const [ada, bo] = [await person(Number(LIMIT) * 3), await person()];
    const old = since(ada, null);
    const part = LIMIT / 4n;
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => transfer(old, bo, { amountMinor: String(part) })),
    );
    const refused = outcomes.filter(({ __typename }) => __typename === REFUSED.__typename);
    expect(refused).toHaveLength(8);
    expect(await bo.balance()).toBe(part * 4n);
  });

  test('donations count as transfers do', async () => {
    const [ada, bo] = [await person(Number(LIMIT) * 3), await person()];
    const family = await finance.register('FAMILY');
    const old = since(ada, null);
    await transfer(old, bo, { amountMinor: String(LIMIT) });
    expect(await donate(old, family, { amountMinor: '1' })).toMatchObject(REFUSED);
    expect(await donate(ada, family, { amountMinor: '1' })).toMatchObject({
      __typename: 'DonateSuccess',
    });
  });

  test('an API key sends nothing, whatever proof it states', async () => {
    const [ada, bo] = [await person(Number(LIMIT) * 3), await person()];
    const key = since(ada, 0, newId('key'));
    expect(await transfer(key, bo, { amountMinor: String(LIMIT) })).toMatchObject({
      __typename: 'TransferSuccess',
    });
    expect(await transfer(key, bo, { amountMinor: '1' })).toMatchObject(REFUSED);
  });
});

test('a payment counts for a day, and the failure says what is left', async () => {
  const [ada, bo] = [await person(Number(LIMIT) * 3), await person()];
  const sent = (hoursAgo: number, amountMinor: bigint) =>
    finance.db.inTransaction((tx) =>
      postByHand(
        tx,
        [
          [ada, -amountMinor],
          [bo, amountMinor],
        ],
        {
          occurredAt: new Date(Date.now() - hoursAgo * 60 * MINUTE_S * 1000),
        },
      ),
    );
  await sent(25, LIMIT);
  await sent(23, 1n);
  const old = since(ada, null);
  expect(await transfer(old, bo, { amountMinor: String(LIMIT) })).toMatchObject({
    ...REFUSED,
    free: { amountMinor: String(LIMIT - 1n), currency: 'EUR' },
  });
  expect(await transfer(old, bo, { amountMinor: String(LIMIT - 1n) })).toMatchObject({
    __typename: 'TransferSuccess',
  });
});

test('each currency has a limit of its own', async () => {
  const open = `mutation { openWallet(input: { currency: JPY }) {
    ... on OpenWalletSuccess { wallet { id } } } }`;
  const yen = async (somebody: TestPerson) => {
    const { openWallet } = await somebody.run(open);
    return { ...somebody, walletId: openWallet.wallet.id as string };
  };
  const [ada, bo] = [await yen(await person()), await yen(await person())];
  const { walletId } = ada;
  await fundFromOutside(finance.db, {
    ...{ walletId, amountMinor: USUAL_LIMITS.JPY * 2n },
    ...{ reference: freshKey(), occurredAt: new Date() },
  });
  const old = since(ada, null);
  const amountMinor = String(USUAL_LIMITS.JPY);
  expect(await transfer(old, bo, { amountMinor })).toMatchObject({ __typename: 'TransferSuccess' });
  expect(await transfer(old, bo, { amountMinor: '1' })).toMatchObject({
    ...REFUSED,
    free: { amountMinor: '0', currency: 'JPY' },
  });
});

test('a wallet so busy that a day is not looked through takes a proof for all', async () => {
  const [shop, buyer] = [await person(1), await person(98)];
  // 98 purchases of a cent, beside what was put in.
  await finance.db.inTransaction(
    (tx) => tx.$executeRaw`
      WITH bought AS (
        INSERT INTO entry (id, kind, initiator, idempotency_key, request_hash, posting_count, occurred_at)
        SELECT 'ent_' || n || ${buyer.id}, 'TRANSFER', ${buyer.id}, n, sha256('busy'), 2, now()
        FROM generate_series(1, 98) AS n RETURNING id, idempotency_key::int AS n
      )
      INSERT INTO posting (account_id, sequence, entry_id, currency, amount_minor, balance_after)
      SELECT account.id, posting_count + n, bought.id, currency, amount, balance_minor + n * amount
      FROM bought, (VALUES (${shop.walletId}, 1), (${buyer.walletId}, -1)) AS leg (wallet, amount)
      JOIN account ON account.id = wallet`,
  );
  const pay = () => transfer(since(shop, null), buyer, { amountMinor: '1' });
  expect(await pay()).toMatchObject({ __typename: 'TransferSuccess' });
  expect(await pay()).toMatchObject({ ...REFUSED, free: { amountMinor: '0' } });
});

test('what is configured names currencies, and nothing else is taken for a limit', () => {
  expect(paymentLimits.parse('')).toEqual(USUAL_LIMITS);
  expect(paymentLimits.parse('EUR:0, JPY:5')).toEqual({ ...USUAL_LIMITS, EUR: 0n, JPY: 5n });
  for (const wrong of ['EUR', 'EUR:-1', 'EUR:1.5', 'XXX:1', 'EUR:01', 'EUR:1;USD:1']) {
    expect([wrong, paymentLimits.safeParse(wrong).success]).toEqual([wrong, false]);
  }
});
