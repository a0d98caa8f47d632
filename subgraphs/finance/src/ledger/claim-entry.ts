import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import type { FinanceTransaction } from '../context.ts';
import type { EntryKind } from '../generated/prisma/client.ts';
import { requestHash } from './idempotency-key.ts';

export interface EntryClaim {
  readonly kind: EntryKind;
  /** A user's id, or `system`: keys of different initiators are strangers. */
  readonly initiator: string;
  readonly idempotencyKey: string;
  /** Everything that makes this request this request; compared when the key comes again. */
  readonly request: readonly (string | null)[];
  readonly description: string | null;
  readonly occurredAt: Date;
  /** How many postings will follow in this transaction; COMMIT refuses any other number. */
  readonly postingCount: number;
}

export interface ClaimedEntry {
  readonly id: string;
  readonly occurredAt: Date;
  /** False when the same request was posted before: then answer what is there and post nothing. */
  readonly isNew: boolean;
}

/**
 * Writes the head of a journal entry, once per initiator and idempotency key. Call it before
 * anything else takes a lock in the transaction: it waits while a rival with the same key is under
 * way, and rivals that come to the accounts' locks hold different keys.
 *
 * @throws UserFailure `IdempotencyKeyReused` when the key was used for another request.
 */
export async function claimEntry(
  tx: FinanceTransaction,
  { request, ...claim }: EntryClaim,
): Promise<ClaimedEntry> {
  const id = newId('ent');
  const hash = requestHash([claim.kind, ...request]);
  const [inserted] = await tx.entry.createManyAndReturn({
    data: [{ id, ...claim, requestHash: hash }],
    skipDuplicates: true,
    select: { id: true },
  });
  if (inserted) return { id, occurredAt: claim.occurredAt, isNew: true };
  // The rival has committed, so READ COMMITTED shows its entry to this statement.
  const { initiator, idempotencyKey } = claim;
  const earlier = await tx.entry.findUniqueOrThrow({
    where: { initiator_idempotencyKey: { initiator, idempotencyKey } },
    select: { id: true, occurredAt: true, requestHash: true },
  });
  if (Buffer.compare(earlier.requestHash, hash) === 0) return { ...earlier, isNew: false };
  throw new UserFailure(
    'IdempotencyKeyReused',
    'This key was used before, for another request. Choose a new one for a new movement.',
    ['input', 'idempotencyKey'],
  );
}
