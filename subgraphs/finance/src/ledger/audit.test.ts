import { beforeAll, describe, expect, test } from 'vitest';
import { donate } from '../testing/operations.ts';
import { useFinance } from '../testing/use-finance.ts';

const finance = useFinance();

beforeAll(async () => {
  const donor = await finance.register('DONOR', 10_00);
  await donate(donor, await finance.register('FAMILY'));
});

describe('the audit finds', () => {
  test.each([
    ['entry-balanced', 'UPDATE posting SET amount_minor = amount_minor + 1'],
    ['entry-whole', 'UPDATE entry SET posting_count = 3'],
    ['balance-is-sum-of-postings', 'UPDATE account SET balance_minor = balance_minor + 1'],
    ['balance-is-sum-of-postings', 'UPDATE account SET posting_count = posting_count + 1'],
    ['running-balance', 'UPDATE posting SET balance_after = balance_after + 1'],
    ['running-balance', 'UPDATE posting SET sequence = sequence + 1000'],
    ['wallet-never-negative', 'UPDATE posting SET balance_after = -1'],
    ['currency-of-account', "UPDATE posting SET currency = 'USD'"],
    ['trial-balance', 'UPDATE account SET balance_minor = balance_minor + 1'],
    ['donation-posted', 'DELETE FROM donation'],
    ['donation-posted', 'UPDATE donation SET amount_minor = amount_minor + 1'],
    ['donation-posted', 'UPDATE donation SET donor_id = family_id'],
    ['donation-total', 'UPDATE donation_total SET amount_minor = amount_minor + 1'],
    ['donation-total', 'UPDATE donation_total SET donation_count = donation_count + 1'],
    ['donation-total', 'DELETE FROM donation_total'],
  ])('%s after %s', async (rule, damage) => {
    const undone = new Error('undone');
    const damaged = finance.db.inTransaction(async (tx) => {
      // Switches every trigger and foreign key off, as nobody but a superuser can.
      await tx.$executeRawUnsafe("SET LOCAL session_replication_role = 'replica'");
      await tx.$executeRawUnsafe(damage);
      const found = await tx.$queryRaw<{ rule: string }[]>`SELECT rule FROM ledger_violation`;
      expect(found.map((violation) => violation.rule)).toContain(rule);
      throw undone;
    });
    await expect(damaged).rejects.toBe(undone);
  });
});
