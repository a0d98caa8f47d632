import { seededIds } from '@civitas/platform/ids';
import { base, en, Faker } from '@faker-js/faker';

/** A stream of choices that is the same for the same seed on every machine. */
export interface Random {
  /** Words, names and texts; seeded like the rest. */
  readonly faker: Faker;
  /** A whole number, bounds included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Up to `count` different items. */
  sample<Item>(items: readonly Item[], count: number): Item[];
  /** Small numbers often, large ones rarely, between 0 and `max`: how real counts are spread. */
  skewed(max: number): number;
  /** An instant between two others, to the millisecond. */
  instant(from: Date, to: Date): Date;
  /** A TypeID that holds this instant. */
  id(prefix: string, at: Date): string;
}

export function seededRandom(seed: number): Random {
  const faker = new Faker({ locale: [en, base], seed });
  const next = () => faker.number.float({ min: 0, max: 0.999_999_999 });
  const newId = seededIds(next);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new Error('Nothing to pick from.');
    return item;
  };
  return {
    faker,
    int,
    pick,
    chance: (probability) => next() < probability,
    sample: (items, count) => {
      const chosen = new Set<(typeof items)[number]>();
      const wanted = Math.min(count, items.length);
      while (chosen.size < wanted) chosen.add(pick(items));
      return [...chosen];
    },
    skewed: (max) => Math.floor(max * next() ** 3),
    instant: (from, to) => new Date(int(from.getTime(), to.getTime())),
    id: newId,
  };
}
