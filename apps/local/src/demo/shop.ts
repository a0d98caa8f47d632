import { type Goods, goodsByTrade, secondHandGoods } from './goods.ts';
import type { Random } from './random.ts';
import { tradeOf } from './trades.ts';
import type { Person, World } from './world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface DemoListing extends Goods {
  readonly id: string;
  readonly createdAt: Date;
  readonly status: 'ACTIVE' | 'PAUSED';
}

export interface DemoLine {
  readonly listing: DemoListing;
  readonly quantity: number;
}

export interface DemoOrder {
  readonly id: string;
  readonly buyerId: string;
  readonly placedAt: Date;
  readonly status: 'PLACED' | 'PAID' | 'FULFILLED' | 'CANCELLED';
  readonly lines: readonly DemoLine[];
}

/** What one person offers and has sold, oldest order first. */
export interface Shop {
  readonly merchantId: string;
  /** True when there is one of each thing. */
  readonly secondHand: boolean;
  readonly listings: readonly DemoListing[];
  readonly orders: readonly DemoOrder[];
}

/** A merchant's shop. The first one is the one the examples show, so it is a busy one. */
export function openShop(merchant: Person, isFirst: boolean, world: World, random: Random): Shop {
  const assortment = goodsByTrade[tradeOf(merchant)];
  const chosen = random.sample(assortment, isFirst ? assortment.length : random.int(5, 12));
  const listings = chosen.map((goods) => {
    const status = !isFirst && random.chance(0.08) ? 'PAUSED' : 'ACTIVE';
    return list(varyPrice(goods, random), merchant, status, world, random);
  });
  const count = isFirst ? 120 : 8 + random.skewed(70);
  const orders = Array.from({ length: count }, () =>
    placeOrder(merchant, listings, world, random),
  ).sort((one, other) => +one.placedAt - +other.placedAt);
  return { merchantId: merchant.id, secondHand: false, listings, orders };
}

/** What somebody sells from their attic; each thing is sold once, and then off the lists. */
export function openAttic(person: Person, world: World, random: Random): Shop {
  const orders: DemoOrder[] = [];
  const listings = random.sample(secondHandGoods, random.int(1, 4)).map((goods) => {
    const sold = random.chance(0.5);
    const listing = list(goods, person, sold ? 'PAUSED' : 'ACTIVE', world, random);
    if (sold) {
      const order = placeOrder(person, [listing], world, random);
      orders.push({ ...order, status: 'FULFILLED', lines: [{ listing, quantity: 1 }] });
    }
    return listing;
  });
  return { merchantId: person.id, secondHand: true, listings, orders };
}

function list(
  goods: Goods,
  merchant: Person,
  status: DemoListing['status'],
  world: World,
  random: Random,
): DemoListing {
  // In the first half of their time here, so that there is time left to sell it.
  const halfway = new Date((+merchant.joinedAt + +world.now) / 2);
  const createdAt = random.instant(merchant.joinedAt, halfway);
  return { ...goods, id: random.id('lst', createdAt), createdAt, status };
}

/** Shops differ by a fifth; prices end in 0 or 5 cents. */
function varyPrice(goods: Goods, random: Random): Goods {
  return {
    ...goods,
    priceMinor: Math.round((goods.priceMinor * random.int(85, 120)) / 500) * 5,
  };
}

function placeOrder(
  merchant: Person,
  listings: readonly DemoListing[],
  world: World,
  random: Random,
): DemoOrder {
  const buyer = pickBuyer(merchant, world, random);
  const openedAt = Math.min(...listings.map((listing) => +listing.createdAt));
  const placedAt = random.instant(new Date(Math.max(openedAt, +buyer.joinedAt)), world.now);
  const onOffer = listings.filter((listing) => listing.createdAt <= placedAt);
  return {
    id: random.id('ord', placedAt),
    buyerId: buyer.id,
    placedAt,
    status: statusAt(placedAt, world, random),
    lines: random
      .sample(onOffer, 1 + random.skewed(4))
      .map((listing) => ({ listing, quantity: 1 + random.skewed(5) })),
  };
}

function pickBuyer(merchant: Person, world: World, random: Random): Person {
  for (;;) {
    const buyer = random.pick(world.people);
    if (buyer.id !== merchant.id) return buyer;
  }
}

function statusAt(placedAt: Date, world: World, random: Random): DemoOrder['status'] {
  const ageDays = (+world.now - +placedAt) / DAY_MS;
  if (random.chance(0.05)) return 'CANCELLED';
  if (ageDays < 3) return random.chance(0.5) ? 'PLACED' : 'PAID';
  return ageDays < 10 && random.chance(0.5) ? 'PAID' : 'FULFILLED';
}
