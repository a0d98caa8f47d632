/** How many of everything; `BENCH_PROFILES=20000` makes a town of a fiftieth. */
const PROFILES = Number(process.env['BENCH_PROFILES'] ?? 1_000_000);
const share = (part: number) => Math.round(PROFILES * part);

/**
 * The people by their numbers from 0, kind after kind; of each kind the first are the busiest. Most
 * have met few officers and received little, some very many.
 */
export const POPULATION = {
  profiles: PROFILES,
  encounters: PROFILES * 10,
  donations: PROFILES,
  /** Of them to one family. */
  donationsOfFirst: share(0.1),
  orders: share(0.5),
  /** Of them at one merchant, who has sold four times as many goods. */
  ordersOfFirst: share(0.25),
  kinds: {
    OFFICER: { from: 0, count: share(0.02) },
    MERCHANT: { from: share(0.02), count: share(0.05) },
    FAMILY: { from: share(0.07), count: share(0.02) },
    DONOR: { from: share(0.09), count: share(0.01) },
    CIVILIAN: { from: share(0.1), count: share(0.9) },
  },
} as const;

export type Kind = keyof typeof POPULATION.kinds;

/** Of fifteen digits with every number below it: cheaper to write than leading zeros. */
const FIRST = 100_000_000_000_000;

/** The form of a TypeID; those of a kind sort by their numbers. */
export const idOf = (prefix: string, number: number): string =>
  `${prefix}_01jd0000000${FIRST + number}`;

export const sqlId = (prefix: string, number: string): string =>
  `('${prefix}_01jd0000000' || (${FIRST} + (${number}))::text)`;

const YEARS = 3 * 365 * 24 * 3600;

/** The n-th of so many instants within three years, oldest first. */
export const sqlInstant = (n: string, of: number): string =>
  `('2023-11-01'::timestamptz + (${n})::float / ${of} * interval '${YEARS} seconds')::timestamptz(3)`;

/** A number of somebody of a kind, the first ones far more often. */
export function sqlSkewed(kind: Kind): string {
  const { from, count } = POPULATION.kinds[kind];
  return `(${from} + floor(${count} * power(random(), 2)))::int`;
}

export function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}

/** Somebody of a kind, the busy ones far more often. */
export function somebody(kind: Kind): string {
  const { from, count } = POPULATION.kinds[kind];
  return idOf('usr', from + Math.floor(count * Math.random() ** 2));
}

export const busiest = (kind: Kind, place = 0): string =>
  idOf('usr', POPULATION.kinds[kind].from + place);
