import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { donate, transfer } from '../testing/operations.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';

const finance = useFinance();
const FUNDED = 10_00;

const step = fc.record({
  from: fc.nat(3),
  to: fc.nat(3),
  amountMinor: fc.integer({ min: 1, max: 6_00 }),
  anonymous: fc.boolean(),
  isDonation: fc.boolean(),
  // Few keys, so that they meet again: with the same request, and with another.
  key: fc.nat(12),
});
/** Rounds of what happens at the same time. */
const history = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 5,
});

let runs = 0;

test('whatever people do at the same time, the books stay right and no money is made or lost', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (rounds) => {
      runs += 1;
      const people = await Promise.all(
        (['CIVILIAN', 'DONOR', 'FAMILY', 'FAMILY'] as const).map((kind) =>
          finance.register(kind, FUNDED),
        ),
      );
      const effects = new Set<string>();
      const act = async ({ from, to, key, isDonation, amountMinor, anonymous }: StepOf) => {
        const [giver, taker] = [people[from], people[to]] as [TestPerson, TestPerson];
        const input = { amountMinor: String(amountMinor), idempotencyKey: `${runs}-${key}` };
        const answer = isDonation
          ? await donate(giver, taker, { ...input, anonymous })
          : await transfer(giver, taker, input);
        const effect = answer.line?.id ?? answer.donation?.id;
        if (effect) effects.add(effect);
      };
      for (const round of rounds) await Promise.all(round.map(act));

      await finance.audit();
      const balances = await Promise.all(people.map((person) => person.balance()));
      expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(BigInt(4 * FUNDED));
      const entries = await finance.db.client.entry.findMany({
        where: { initiator: { in: people.map(({ id }) => id) } },
        include: { donation: true },
      });
      const told = entries.map(({ id, donation }) => donation?.id ?? id);
      expect(new Set(told)).toEqual(effects);
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

type StepOf = typeof step extends fc.Arbitrary<infer Step> ? Step : never;
