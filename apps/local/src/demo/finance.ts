import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { type Holder, ledgerOfTown, type Movement, openWallets } from './finance-movements.ts';
import { insertRows } from './insert-rows.ts';
import type { World } from './world.ts';

/** Movements per round of inserts: a large seed is never in memory as a whole. */
const CHUNK = 1_000;

/** A wallet for everybody, money from outside, purchases and presents, and gifts to families. */
export async function loadFinance(client: ClientBase, world: World): Promise<void> {
  const random = world.randomFor('finance');
  const external = random.id('acc', world.startedAt);
  const holders = openWallets(world, random);
  await loadAccounts(client, world, holders, external);
  let chunk: Movement[] = [];
  for (const movement of ledgerOfTown(world, random, holders)) {
    chunk.push(movement);
    if (chunk.length < CHUNK) continue;
    await loadMovements(client, chunk, external);
    chunk = [];
  }
  await loadMovements(client, chunk, external);
  await client.query(`
    INSERT INTO donation_total (family_id, currency, amount_minor, donation_count)
    SELECT family_id, currency, sum(amount_minor), count(*)
    FROM donation GROUP BY family_id, currency`);
}

async function loadAccounts(
  client: ClientBase,
  world: World,
  holders: readonly Holder[],
  external: string,
): Promise<void> {
  const parties = world.people.values().map(({ id, kind, joinedAt }) => ({
    id,
    kind,
    registered_at: joinedAt,
  }));
  const partyColumns = { id: 'text', kind: 'party_kind', registered_at: 'timestamptz' };
  await insertRows(client, 'party', partyColumns, parties);
  const wallets = holders.values().map(({ walletId, person }) => ({
    id: walletId,
    kind: 'WALLET',
    normal_balance: 'CREDIT',
    currency: 'EUR',
    owner_id: person.id,
    opened_at: person.joinedAt,
  }));
  const accountColumns = {
    id: 'text',
    kind: 'account_kind',
    normal_balance: 'ledger_side',
    currency: 'currency',
    owner_id: 'text',
    opened_at: 'timestamptz',
  };
  await insertRows(client, 'account', accountColumns, wallets);
  const funding = {
    id: external,
    kind: 'EXTERNAL_FUNDING',
    normal_balance: 'DEBIT',
    currency: 'EUR',
    owner_id: null,
    opened_at: world.startedAt,
  };
  await insertRows(client, 'account', accountColumns, [funding]);
  // The ledger's triggers look accounts up; without statistics they would read the whole table.
  await client.query('ANALYZE account');
}

async function loadMovements(
  client: ClientBase,
  movements: readonly Movement[],
  external: string,
): Promise<void> {
  const entryColumns = {
    id: 'text',
    kind: 'entry_kind',
    description: 'text',
    initiator: 'text',
    idempotency_key: 'text',
    request_hash: 'bytea',
    posting_count: 'int',
    occurred_at: 'timestamptz',
  };
  const entries = movements.values().map(({ id, kind, note, initiator, postings, at }) => ({
    id,
    kind,
    description: note,
    initiator,
    idempotency_key: id,
    request_hash: createHash('sha256').update(id).digest(),
    posting_count: postings.length,
    occurred_at: at,
  }));
  await insertRows(client, 'entry', entryColumns, entries);
  const postingColumns = {
    entry_id: 'text',
    account_id: 'text',
    sequence: 'bigint',
    currency: 'currency',
    amount_minor: 'bigint',
    balance_after: 'bigint',
  };
  const postings = movements.values().flatMap(({ id, postings }) =>
    postings.map(({ walletId, ...posting }) => ({
      entry_id: id,
      account_id: walletId ?? external,
      sequence: posting.sequence,
      currency: 'EUR',
      amount_minor: posting.amount,
      balance_after: posting.balance,
    })),
  );
  await insertRows(client, 'posting', postingColumns, postings);
  const donationColumns = {
    id: 'text',
    entry_id: 'text',
    donor_id: 'text',
    family_id: 'text',
    currency: 'currency',
    amount_minor: 'bigint',
    anonymous: 'boolean',
    donated_at: 'timestamptz',
  };
  const donations = movements.values().flatMap(({ id, at, donation }) =>
    donation
      ? [
          {
            id: donation.id,
            entry_id: id,
            donor_id: donation.donorId,
            family_id: donation.familyId,
            currency: 'EUR',
            amount_minor: donation.amount,
            anonymous: donation.anonymous,
            donated_at: at,
          },
        ]
      : [],
  );
  await insertRows(client, 'donation', donationColumns, donations);
}
