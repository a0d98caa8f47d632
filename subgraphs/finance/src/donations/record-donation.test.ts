import { newId } from '@civitas/platform/ids';
import { beforeAll, expect, test } from 'vitest';
import type { FinanceTransaction } from '../context.ts';
import type { EntryClaim } from '../ledger/index.ts';
import { postByHand } from '../testing/post-by-hand.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';
import { recordDonation } from './record-donation.ts';

const finance = useFinance();
let ada: TestPerson;
let bo: TestPerson;
let family: TestPerson;

beforeAll(async () => {
  ada = await finance.register('DONOR', 10_00);
  bo = await finance.register('CIVILIAN');
  family = await finance.register('FAMILY');
});

const gift = (tx: FinanceTransaction, differently: Partial<EntryClaim>) =>
  postByHand(
    tx,
    [
      [ada, -1n],
      [family, 1n],
    ],
    differently,
  );

/** Gives a cent of Ada's to the family, and writes down something else. */
async function record(differently: object, kind: 'DONATION' | 'TRANSFER' = 'DONATION') {
  const donatedAt = new Date();
  await finance.db.inTransaction(async (tx) => {
    const entryId = await gift(tx, { kind, occurredAt: donatedAt });
    const given = { donorId: ada.id, familyId: family.id, currency: 'EUR' as const };
    const said = { entryId, ...given, amountMinor: 1n, anonymous: false, donatedAt };
    await recordDonation(tx, { ...said, ...differently });
  });
}

test('a donation that says what its entry posts is written', async () => {
  await expect(record({})).resolves.toBeUndefined();
});

test.each([
  ['another amount', () => ({ amountMinor: 2n })],
  ['another donor', () => ({ donorId: bo.id })],
  ['another family', async () => ({ familyId: (await finance.register('FAMILY')).id })],
  ['another currency', () => ({ currency: 'USD' })],
  ['another time', () => ({ donatedAt: new Date(0) })],
])('the database refuses one that says %s', async (_, difference) => {
  await expect(record(await difference())).rejects.toThrow(/is not what entry/);
});

test('the database refuses one to somebody who is no family', async () => {
  await expect(record({ familyId: bo.id })).rejects.toThrow(/Foreign key/);
});

test('the database refuses one of an entry that is none', async () => {
  await expect(record({}, 'TRANSFER')).rejects.toThrow(/is not what entry/);
});

test('the database refuses an entry that says it is one, without', async () => {
  const silent = finance.db.inTransaction((tx) => gift(tx, { kind: 'DONATION' }));
  await expect(silent).rejects.toThrow(/a donation without its donor and family/);
});

test('the database refuses a second one of an entry', async () => {
  const columns = 'entry_id, donor_id, family_id, currency, amount_minor, anonymous, donated_at';
  const again = finance.db.inTransaction((tx) =>
    tx.$executeRawUnsafe(
      `INSERT INTO donation (id, ${columns}) SELECT $1, ${columns} FROM donation LIMIT 1`,
      newId('don'),
    ),
  );
  await expect(again).rejects.toThrow(/donation_entry_id_key|23505/);
});
