import type { UserKind } from '@civitas/platform/subgraph';
import { type Random, seededRandom } from './random.ts';

/** Somebody of the demo town, as every domain needs to know them. */
export interface Person {
  readonly id: string;
  readonly kind: UserKind;
  readonly displayName: string;
  readonly handle: string;
  readonly joinedAt: Date;
}

/** The demo town: its people, and a clock that stands still so that every start makes the same. */
export interface World {
  /** 1 for the demo, 100 for `--seed large`. */
  readonly scale: number;
  readonly startedAt: Date;
  readonly now: Date;
  readonly people: readonly Person[];
  ofKind(kind: UserKind): readonly Person[];
  /** A stream of choices of one domain's own, so that a change in one does not move the others. */
  randomFor(domain: string): Random;
}

const STARTED_AT = new Date('2024-01-01T08:00:00.000Z');
const NOW = new Date('2026-09-01T08:00:00.000Z');

/** How many of each kind live in the demo town at scale 1: 2,000 in all. */
const CENSUS: Readonly<Record<UserKind, number>> = {
  CIVILIAN: 1400,
  MERCHANT: 200,
  OFFICER: 100,
  FAMILY: 120,
  DONOR: 180,
};

export function createWorld(scale: number): World {
  const people = populate(scale, randomFor('people'));
  const byKind = Map.groupBy(people, (person) => person.kind);
  return {
    scale,
    startedAt: STARTED_AT,
    now: NOW,
    people,
    ofKind: (kind) => byKind.get(kind) ?? [],
    randomFor,
  };
}

function randomFor(domain: string): Random {
  // FNV-1a, to turn a name into a seed.
  let seed = 0x811c9dc5;
  for (const byte of Buffer.from(domain)) seed = Math.imul(seed ^ byte, 0x01000193) >>> 0;
  return seededRandom(seed);
}

function populate(scale: number, random: Random): Person[] {
  return Object.entries(CENSUS).flatMap(([kind, count]) =>
    Array.from({ length: count * scale }, (_, index) =>
      createPerson(kind as UserKind, index, random),
    ),
  );
}

function createPerson(kind: UserKind, index: number, random: Random): Person {
  const joinedAt = random.instant(STARTED_AT, new Date('2026-03-01T00:00:00.000Z'));
  const displayName = nameOf(kind, random);
  const slug = displayName
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 20)
    .replace(/-$/, '');
  // The number makes it unique: slugs of different kinds may be the same.
  const handle = `${slug}-${kind.charAt(0).toLowerCase()}${index + 1}`;
  return { id: random.id('usr', joinedAt), kind, displayName, handle, joinedAt };
}

function nameOf(kind: UserKind, { faker, chance }: Random): string {
  switch (kind) {
    case 'MERCHANT':
      return faker.company.name();
    case 'FAMILY':
      return `The ${faker.person.lastName()} family`;
    case 'DONOR':
      return chance(0.3) ? `${faker.person.lastName()} Foundation` : faker.person.fullName();
    default:
      return `${faker.person.firstName()} ${faker.person.lastName()}`;
  }
}
