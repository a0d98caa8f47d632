import { formatMoney } from '@civitas/platform/money';
import type { FinanceDatabase } from '../context.ts';
import type { Prisma } from '../generated/prisma/client.ts';

type StoryPosting = Prisma.PostingGetPayload<{ include: { account: true; entry: true } }>;

const HEAD = ['entry', 'account', 'debit', 'credit', 'balance'];

/**
 * The journal of some people as a table for an accountant: every entry that touches one of their
 * accounts, oldest first, with all its sides. A balance stands on its account's normal side.
 *
 * @param people by the name the table gives them.
 */
export async function ledgerStory(
  { client }: FinanceDatabase,
  people: Readonly<Record<string, { readonly id: string }>>,
): Promise<string> {
  const names = new Map(Object.entries(people).map(([name, { id }]) => [id, name]));
  const postings = await client.posting.findMany({
    where: { entry: { postings: { some: { account: { ownerId: { in: [...names.keys()] } } } } } },
    include: { account: true, entry: true },
    // Ids of entries rise with time; debits come before credits.
    orderBy: [{ entryId: 'asc' }, { amountMinor: 'asc' }],
  });
  return table([
    HEAD,
    ...postings.map((posting, index) => row(posting, postings[index - 1], names)),
  ]);
}

function row(
  { account, entry, currency, amountMinor, balanceAfter }: StoryPosting,
  before: StoryPosting | undefined,
  names: ReadonlyMap<string, string>,
): string[] {
  const amount = (minor: bigint) => formatMoney({ amountMinor: minor, currency });
  const owner = account.ownerId === null ? account.kind : (names.get(account.ownerId) ?? 'other');
  return [
    before?.entryId === entry.id ? '' : titleOf(entry),
    owner,
    amountMinor < 0n ? amount(-amountMinor) : '',
    amountMinor > 0n ? amount(amountMinor) : '',
    // The platform's accounts are shared by all tests of a file, so their balance tells nothing.
    account.ownerId === null ? '…' : amount(balanceAfter),
  ];
}

/** The reference of a funding is random, so it would be noise. */
function titleOf({ kind, description }: StoryPosting['entry']): string {
  return kind === 'FUNDING' || description === null ? kind : `${kind} ${description}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column < 2 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join(' | ')
        .trimEnd(),
    )
    .join('\n');
}
