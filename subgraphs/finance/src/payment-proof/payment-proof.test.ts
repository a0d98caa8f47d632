import { newId } from '@civitas/platform/ids';
import { describe, expect, test } from 'vitest';
import { donate, freshKey, transfer } from '../testing/operations.ts';
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

test('a wallet so busy that a day is not looked through takes a proof for all', async () => {
  const [shop, buyer] = [await person(100), await person(1_000)];
  for (let round = 0; round < 20; round += 1) {
    const some = Array.from({ length: 5 }, () => transfer(buyer, shop, { amountMinor: '1' }));
    await Promise.all(some);
  }
  expect(await transfer(since(shop, null), buyer, { amountMinor: '1' })).toMatchObject(REFUSED);
});

test('what is configured names currencies, and nothing else is taken for a limit', () => {
  expect(paymentLimits.parse('')).toEqual(USUAL_LIMITS);
  expect(paymentLimits.parse('EUR:0, JPY:5')).toEqual({ ...USUAL_LIMITS, EUR: 0n, JPY: 5n });
  for (const wrong of ['EUR', 'EUR:-1', 'EUR:1.5', 'XXX:1', 'EUR:01', 'EUR:1;USD:1']) {
    expect([wrong, paymentLimits.safeParse(wrong).success]).toEqual([wrong, false]);
  }
});
