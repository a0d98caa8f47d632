import type { UserKind } from '@civitas/platform/subgraph';
import type { Random } from './random.ts';
import type { Person, World } from './world.ts';

/** Somebody's wallet while the ledger is made up: what is in it, and how many postings it had. */
export interface Holder {
  readonly person: Person;
  readonly walletId: string;
  balance: number;
  sequence: number;
}

interface Posting {
  /** Null for the account of money from outside. */
  readonly walletId: string | null;
  /** Cents; credits positive. */
  readonly amount: number;
  readonly sequence: number;
  readonly balance: number;
}

/** One entry of the journal with its sides, and the donation it is, if any. */
export interface Movement {
  readonly id: string;
  readonly kind: 'FUNDING' | 'TRANSFER' | 'DONATION';
  readonly at: Date;
  readonly initiator: string;
  readonly note: string | null;
  readonly postings: readonly Posting[];
  readonly donation?: {
    readonly id: string;
    readonly donorId: string;
    readonly familyId: string;
    readonly amount: number;
    readonly anonymous: boolean;
  };
}

/** At scale 1; a few are left out because a wallet is empty. */
const DONATIONS = 3_000;
const TRANSFERS = 1_500;
/** Wallets that one payment file of the bank fills. */
const FUNDED_TOGETHER = 25;
/** Euros somebody of a kind brings along. */
const BROUGHT: Readonly<Record<UserKind, readonly [number, number]>> = {
  CIVILIAN: [200, 3_000],
  MERCHANT: [100, 1_000],
  OFFICER: [200, 2_500],
  FAMILY: [10, 150],
  DONOR: [2_000, 60_000],
};
const PURCHASES = [
  'Bread and rolls',
  'Bicycle repair',
  'Coffee beans, 1 kg',
  'Flowers for Saturday',
  'Invoice, thank you',
  'Second-hand books',
  'Vegetables of the week',
];
const PRESENTS = [
  'Concert tickets',
  'Dinner on Friday',
  'For your birthday',
  'My share of the rent',
  'Taxi home',
];
const WISHES = [
  'All the best for the new school year.',
  'For a warm winter.',
  'From all of us at the office.',
  'Hold on, it gets better.',
  'We were helped once, too.',
  'With love from the neighbours.',
];

export function openWallets(world: World, random: Random): Holder[] {
  return world.people.map((person) => ({
    person,
    walletId: random.id('wal', person.joinedAt),
    balance: 0,
    sequence: 0,
  }));
}

/** Everything that ever moved money in the town, in the order in which it happened. */
export function* ledgerOfTown(
  world: World,
  random: Random,
  holders: readonly Holder[],
): Generator<Movement> {
  const outside = { balance: 0, sequence: 0 };
  const arrivals = holders.toSorted((a, b) => +a.person.joinedAt - +b.person.joinedAt);
  const inTown: Record<UserKind, Holder[]> = {
    CIVILIAN: [],
    MERCHANT: [],
    OFFICER: [],
    FAMILY: [],
    DONOR: [],
  };
  let arrived = 0;
  const total = (DONATIONS + TRANSFERS) * world.scale;
  const slotMs = (+world.now - +world.startedAt) / total;
  for (let slot = 0; slot < total; slot += 1) {
    const at = new Date(+world.startedAt + Math.floor(slotMs * slot));
    for (;;) {
      const group = arrivals.slice(arrived, arrived + FUNDED_TOGETHER);
      const last = group.at(-1);
      if (!last || last.person.joinedAt > at) break;
      yield fund(random, outside, group, last.person.joinedAt);
      for (const holder of group) inTown[holder.person.kind].push(holder);
      arrived += group.length;
    }
    const movement = random.chance(DONATIONS / (DONATIONS + TRANSFERS))
      ? donate(random, inTown, at)
      : transfer(random, inTown, at);
    if (movement) yield movement;
  }
}

function fund(
  random: Random,
  outside: { balance: number; sequence: number },
  group: readonly Holder[],
  at: Date,
): Movement {
  const credits = group.map((holder) => {
    const [least, most] = BROUGHT[holder.person.kind];
    return post(holder, random.int(least, most) * 100);
  });
  const amount = -credits.reduce((sum, credit) => sum + credit.amount, 0);
  outside.balance += amount;
  outside.sequence += 1;
  const id = random.id('ent', at);
  const note = `Payment file of ${at.toISOString().slice(0, 10)}`;
  const postings = [{ walletId: null, amount, ...outside }, ...credits];
  return { id, kind: 'FUNDING', at, initiator: 'system', note, postings };
}

function transfer(
  random: Random,
  inTown: Readonly<Record<UserKind, Holder[]>>,
  at: Date,
): Movement | null {
  const isPurchase = random.chance(0.75);
  const from = pickFrom(random, inTown[random.chance(0.85) ? 'CIVILIAN' : 'FAMILY']);
  const to = pickFrom(random, inTown[isPurchase ? 'MERCHANT' : 'CIVILIAN']);
  const amount = isPurchase ? 150 + random.skewed(15_000) : random.int(1, 60) * 100;
  if (!from || !to || from === to || from.balance < amount) return null;
  const note = random.chance(0.7) ? random.pick(isPurchase ? PURCHASES : PRESENTS) : null;
  const postings = [post(from, -amount), post(to, amount)];
  const initiator = from.person.id;
  return { id: random.id('ent', at), kind: 'TRANSFER', at, initiator, note, postings };
}

function donate(
  random: Random,
  inTown: Readonly<Record<UserKind, Holder[]>>,
  at: Date,
): Movement | null {
  const donor = pickFrom(random, inTown[random.chance(0.8) ? 'DONOR' : 'CIVILIAN']);
  // Some families are known all over the town: those that came first.
  const families = inTown.FAMILY;
  const family = families[random.skewed(families.length)];
  const amount = (5 + random.skewed(donor?.person.kind === 'DONOR' ? 400 : 60)) * 100;
  if (!donor || !family || donor.balance < amount) return null;
  const donation = {
    id: random.id('don', at),
    donorId: donor.person.id,
    familyId: family.person.id,
    amount,
    anonymous: random.chance(0.3),
  };
  return {
    id: random.id('ent', at),
    kind: 'DONATION',
    at,
    initiator: donor.person.id,
    note: random.chance(0.5) ? random.pick(WISHES) : null,
    postings: [post(donor, -amount), post(family, amount)],
    donation,
  };
}

function post(holder: Holder, amount: number): Posting {
  holder.balance += amount;
  holder.sequence += 1;
  return {
    walletId: holder.walletId,
    amount,
    sequence: holder.sequence,
    balance: holder.balance,
  };
}

function pickFrom(random: Random, holders: readonly Holder[]): Holder | null {
  return holders.length === 0 ? null : random.pick(holders);
}
