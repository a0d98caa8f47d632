import { type Load, load } from './load.ts';
import { GIFTS_AND_LEDGER } from './load-gifts.ts';
import { ORDERS_AND_SALES } from './load-orders.ts';
import { PEOPLE_AND_MEETINGS } from './load-people.ts';
import type { Asked } from './subgraphs.ts';

const LOADS: Readonly<Record<Asked, Load>> = {
  identity: PEOPLE_AND_MEETINGS,
  finance: GIFTS_AND_LEDGER,
  marketplace: ORDERS_AND_SALES,
};

/**
 * People, whom they met, what they gave and sold: into those of the migrated databases that are wanted,
 * in place of whatever was in them.
 *
 * @throws Error where what was loaded breaks an invariant.
 */
export async function loadTown(
  urls: Readonly<Record<Asked, string>>,
  wanted: readonly Asked[],
): Promise<void> {
  const each = async (name: Asked) => {
    const startedAt = performance.now();
    await load(urls[name], LOADS[name]);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`civic: ${name} loaded and audited in ${seconds} s`);
  };
  await Promise.all(wanted.map(each));
}
