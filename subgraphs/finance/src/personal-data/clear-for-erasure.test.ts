import { newId } from '@civitas/platform/ids';
import { expect, test, vi } from 'vitest';
import type { FinanceTransaction } from '../context.ts';
import { lockAccounts } from '../ledger/index.ts';
import { transfer } from '../testing/operations.ts';
import { postByHand } from '../testing/post-by-hand.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';

const finance = useFinance();
/** Less than a transaction may take. */
const PATIENCE = { timeout: 8_000 };

/** Asks finance whether somebody may leave, as identity would; answers what it says. */
async function askToLeave({ id: userId }: TestPerson) {
  const requestId = newId('drq');
  await finance.bus.publish([
    {
      id: newId('evt'),
      type: 'identity.erasure.requested',
      source: 'identity',
      aggregateId: `${requestId}.1`,
      occurredAt: new Date(),
      payload: { requestId, userId, attempt: 1 },
    },
  ]);
  const { type, payload } = await finance.db.client.outboxEvent.findFirstOrThrow({
    where: { aggregateId: `${requestId}.1` },
  });
  return { type, payload };
}

/** Starts `rival` while this holds somebody's wallet, and goes on once the rival waits for it, or is through. */
async function whileHeld<Answer>(
  { walletId }: TestPerson,
  work: (tx: FinanceTransaction) => Promise<unknown>,
  rival: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  await finance.db.inTransaction(async (tx) => {
    await lockAccounts(tx, [walletId]);
    await work(tx);
    answer = rival();
    const waits = vi.waitFor(async () => {
      const [{ waiting } = { waiting: 0 }] = await tx.$queryRaw<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
      expect(waiting).toBe(1);
    }, PATIENCE);
    await Promise.race([answer, waits]);
  });
  if (!answer) throw new Error('The rival was not started.');
  return answer;
}

test('whoever has money is told how much, and stays; afterwards nothing is paid to or by them', async () => {
  const [ada, bo] = [await finance.register('CIVILIAN', 7), await finance.register('CIVILIAN', 9)];
  expect(await askToLeave(ada)).toMatchObject({
    type: 'finance.erasure.refused',
    payload: { code: 'WALLET_NOT_EMPTY', reason: 'Wallets hold 0.07 EUR.' },
  });
  await transfer(ada, bo, { amountMinor: '7' });
  expect(await askToLeave(ada)).toMatchObject({ type: 'finance.erasure.cleared' });
  expect(await transfer(bo, ada, { amountMinor: '1' })).toMatchObject({ code: 'WALLET_NOT_FOUND' });
  expect(await transfer(ada, bo, { amountMinor: '1' })).toMatchObject({
    code: 'INSUFFICIENT_FUNDS',
  });
  expect([await ada.balance(), await bo.balance()]).toEqual([0n, 16n]);
});

test('money that arrives while somebody is asked about is seen', async () => {
  const [ada, bo] = [await finance.register('CIVILIAN'), await finance.register('CIVILIAN', 9)];
  const pay = (tx: FinanceTransaction) =>
    postByHand(tx, [
      [ada, 9n],
      [bo, -9n],
    ]);
  expect(await whileHeld(ada, pay, () => askToLeave(ada))).toMatchObject({
    type: 'finance.erasure.refused',
  });
  expect(await ada.balance()).toBe(9n);
});

test('a payment that waits while its receiver leaves is refused', async () => {
  const [ada, bo] = [await finance.register('CIVILIAN'), await finance.register('CIVILIAN', 9)];
  const leave = (tx: FinanceTransaction) =>
    tx.party.update({ where: { id: ada.id }, data: { closedAt: new Date() } });
  const late = () => transfer(bo, ada, { amountMinor: '9' });
  expect(await whileHeld(ada, leave, late)).toMatchObject({ code: 'WALLET_NOT_FOUND' });
  expect([await ada.balance(), await bo.balance()]).toEqual([0n, 9n]);
});
