import { UserFailure } from '@civitas/platform/errors';
import { formatMoney, money } from '@civitas/platform/money';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { FinanceContext, FinanceTransaction } from '../context.ts';
import type { Wallet } from '../wallets/index.ts';

/** How long a proof counts: as for what is sensitive in identity. */
const PROOF_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Postings that are looked at, newest first; a wallet with more in a day takes a proof for each payment. */
const LOOKED_AT = 100;

interface Payment {
  /** Locked in this transaction: of payments at once, each sees those before it. */
  readonly from: Wallet;
  readonly amountMinor: bigint;
}

/**
 * Beyond a limit a day an open session is not enough to send money: its person has shown within ten
 * minutes who they are, with their second factor where they have one. A stolen session or key is worth
 * the limit, however it is split.
 *
 * @throws UserFailure `PaymentProofRequired` with what may be sent without.
 */
export async function requireProof(
  { now, paymentLimits }: FinanceContext,
  tx: FinanceTransaction,
  { provedAt = 0, apiKeyId }: UserViewer,
  { from, amountMinor }: Payment,
): Promise<void> {
  const isProved = apiKeyId === undefined && now().getTime() - provedAt * 1000 < PROOF_MS;
  if (isProved) return;
  const limit = paymentLimits[from.currency];
  const since = new Date(now().getTime() - DAY_MS);
  const [recent] = await tx.$queryRaw<{ sent: bigint; seen: number }[]>`
    SELECT coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)::bigint AS sent,
           count(*)::int AS seen
    FROM (SELECT amount_minor, occurred_at FROM posting JOIN entry ON entry.id = entry_id
          WHERE account_id = ${from.id} ORDER BY sequence DESC LIMIT ${LOOKED_AT}) AS newest
    WHERE occurred_at > ${since}`;
  const { sent = 0n, seen = 0 } = recent ?? {};
  const left = seen === LOOKED_AT || sent > limit ? 0n : limit - sent;
  if (amountMinor <= left) return;
  const free = money(left, from.currency);
  throw new UserFailure(
    'PaymentProofRequired',
    `Show again who you are, then repeat this. Without, ${formatMoney(free)} may be sent now.`,
    ['input', 'amountMinor'],
    { free },
  );
}
