import { newId } from '@civitas/platform/ids';
import { type TestClient, type TestSubgraph, userViewer, useTestSubgraph } from '@civitas/testkit';
import { beforeAll } from 'vitest';
import { audits } from '../audits.ts';
import type { FinanceDatabase } from '../context.ts';
import { createFinanceDatabase } from '../database.ts';
import type { PartyKind } from '../generated/prisma/client.ts';
import { createSubgraph } from '../index.ts';
import { fundFromOutside } from '../ledger/index.ts';

/** Somebody with a wallet in euros. */
export interface TestPerson extends TestClient {
  readonly id: string;
  readonly walletId: string;
  balance(): Promise<bigint>;
}

export interface TestFinance extends Pick<TestSubgraph, 'as' | 'audit' | 'bus' | 'subgraph'> {
  readonly db: FinanceDatabase;
  /** Tells finance of somebody new, as identity would, and gives them `cents` from outside. */
  register(kind: PartyKind, cents?: number): Promise<TestPerson>;
}

/** Finance on a database of its own; after every test of the file the whole ledger is audited. */
export function useFinance(): TestFinance {
  const finance = useTestSubgraph('finance', createSubgraph, audits);
  let db: FinanceDatabase;
  beforeAll(() => {
    db = createFinanceDatabase(finance.databaseUrl);
    return () => db.close();
  });

  async function register(kind: PartyKind, cents = 0): Promise<TestPerson> {
    const viewer = userViewer({ kind });
    await finance.bus.publish([userRegistered(viewer.id, kind)]);
    const wallet = await db.client.account.findFirstOrThrow({ where: { ownerId: viewer.id } });
    if (cents > 0) {
      await fundFromOutside(db, {
        walletId: wallet.id,
        amountMinor: BigInt(cents),
        reference: newId('pay'),
        occurredAt: new Date(),
      });
    }
    return {
      ...finance.as(viewer),
      id: viewer.id,
      walletId: wallet.id,
      balance: async () => {
        const account = await db.client.account.findUniqueOrThrow({ where: { id: wallet.id } });
        return account.balanceMinor;
      },
    };
  }

  return {
    as: finance.as,
    audit: finance.audit,
    get bus() {
      return finance.bus;
    },
    get subgraph() {
      return finance.subgraph;
    },
    get db() {
      return db;
    },
    register,
  };
}

/** The event with which identity tells of somebody new. */
export function userRegistered(userId: string, kind: PartyKind) {
  return {
    id: newId('evt'),
    type: 'identity.user.registered',
    source: 'identity',
    aggregateId: userId,
    occurredAt: new Date('2026-01-01T08:00:00.000Z'),
    payload: { userId, kind },
  };
}
