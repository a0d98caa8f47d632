import type { TestClient } from '@civitas/testkit';
import { isObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { donate, freshKey } from '../testing/operations.ts';
import { selectEverything } from '../testing/select-everything.ts';
import { type TestPerson, useFinance } from '../testing/use-finance.ts';

// Everything the schema can be asked for, from every place it can be entered, by everybody: the
// selections are made from the schema, so a field that is added later is walked, too.

const finance = useFinance();
const MESSAGE = 'For the roof.';

let hidden: TestPerson;
let shown: TestPerson;
let family: TestPerson;
let stranger: TestPerson;
let donationId: string;
let entryId: string;

beforeAll(async () => {
  hidden = await finance.register('DONOR', 100_00);
  shown = await finance.register('DONOR', 100_00);
  family = await finance.register('FAMILY', 100_00);
  stranger = await finance.register('CIVILIAN');
  const gift = { amountMinor: '7777', message: MESSAGE };
  const { donation } = await donate(hidden, family, { ...gift, anonymous: true });
  donationId = donation.id;
  await donate(shown, family, gift);
  const row = await finance.db.client.donation.findUniqueOrThrow({ where: { id: donationId } });
  entryId = row.entryId;
});

/** Every object the schema can be entered at: an entity by its key, and the root fields. */
function entrances(): Record<string, object> {
  return {
    'the family': { __typename: 'User', id: family.id },
    'the other donor': { __typename: 'User', id: shown.id },
    'the donation': { __typename: 'Donation', id: donationId },
    "the family's wallet": { __typename: 'Wallet', id: family.walletId },
    "the donor's wallet": { __typename: 'Wallet', id: hidden.walletId },
  };
}

async function everythingFrom(client: TestClient, representation: object): Promise<string> {
  const { schema } = finance.subgraph;
  const members = schema.getTypeMap()['_Entity'];
  if (!members) throw new Error('The subgraph has no entities.');
  const query = `query ($from: [_Any!]!) {
    _entities(representations: $from) { ${selectEverything(schema, members)} }
  }`;
  return readable(await client.execute(query, { from: [representation] }));
}

/** The answer as text, with whatever is inside its cursors. */
function readable(answer: unknown): string {
  const text = JSON.stringify(answer);
  const insides = text
    .matchAll(/"([\w-]{16,})"/g)
    .map(([, cursor = '']) => Buffer.from(cursor, 'base64url').toString());
  return [text, ...insides].join('\n');
}

const readers = {
  'somebody who is not signed in': () => finance.as(),
  'the family': () => family,
  'another donor': () => shown,
  'a stranger': () => stranger,
};

describe.each(Object.keys(readers) as (keyof typeof readers)[])('%s', (reader) => {
  test.each(['the family', 'the other donor', 'the donation', "the family's wallet"])(
    'does not find the donor from %s',
    async (place) => {
      const all = await everythingFrom(readers[reader](), entrances()[place] ?? {});
      expect(all).not.toContain(hidden.id);
      expect(all).not.toContain(hidden.walletId);
    },
  );

  test.each([
    () => ({ __typename: 'User', id: hidden.id }),
    () => ({ __typename: 'Wallet', id: hidden.walletId }),
  ])('does not find the donation from the donor (%#)', async (place) => {
    const all = await everythingFrom(readers[reader](), place());
    for (const trace of [donationId, entryId, family.id, family.walletId, MESSAGE, '7777']) {
      expect(all).not.toContain(trace);
    }
  });
});

describe('the walk would have found it', () => {
  test('from the family to a donor by name, and back', async () => {
    const fromFamily = await everythingFrom(stranger, { __typename: 'User', id: family.id });
    expect(fromFamily).toContain(shown.id);
    expect(fromFamily).toContain(donationId);
    const fromDonor = await everythingFrom(stranger, { __typename: 'User', id: shown.id });
    expect(fromDonor).toContain(family.id);
    expect(fromDonor).toContain(MESSAGE);
  });

  test("on the family's own statement", async () => {
    const all = await everythingFrom(family, { __typename: 'Wallet', id: family.walletId });
    expect(all).toContain(entryId);
    expect(all).toContain(shown.id);
  });

  test('for the donor, who sees their own', async () => {
    const all = await everythingFrom(hidden, { __typename: 'User', id: hidden.id });
    for (const trace of [donationId, entryId, family.id, MESSAGE, '7777']) {
      expect(all).toContain(trace);
    }
  });

  test('at every root field, which lead to nothing but the places above', () => {
    const root = finance.subgraph.schema.getQueryType();
    expect(Object.keys(root?.getFields() ?? {}).toSorted()).toEqual([
      '_entities',
      '_service',
      'wallet',
    ]);
    const entities = finance.subgraph.schema.getTypeMap()['_Entity'];
    const names = finance.subgraph.schema
      .getPossibleTypes(entities as never)
      .map((type) => isObjectType(type) && type.name);
    expect(names.toSorted()).toEqual(['Donation', 'User', 'Wallet']);
  });
});

test('the donation itself names no donor, not even to the one who made it', async () => {
  const { donation } = await donate(hidden, family, { anonymous: true });
  expect(donation).toMatchObject({ anonymous: true, donor: null, family: { id: family.id } });
});

test('no failure tells a donor from somebody who never gave', async () => {
  const input = { idempotencyKey: freshKey(), anonymous: true };
  await donate(hidden, family, input);
  // The same key, wallet and family, from others: answered as to anybody without that wallet.
  const forged = { ...input, fromWalletId: hidden.walletId };
  const unknown = { ...input, fromWalletId: shown.walletId.replace(/.{4}$/, '0000') };
  expect(await donate(stranger, family, forged)).toEqual(await donate(stranger, family, unknown));
});

test('the event that leaves finance has no donor', async () => {
  const events = await finance.db.client.outboxEvent.findMany({
    where: { type: 'finance.donation.posted' },
    select: { aggregateId: true, payload: true },
  });
  const texts = events.map((event) => JSON.stringify(event));
  expect(texts.filter((text) => text.includes(donationId))).toHaveLength(1);
  expect(texts.filter((text) => text.includes(shown.id))).toHaveLength(1);
  expect(texts.filter((text) => text.includes(hidden.id))).toEqual([]);
  expect(texts.filter((text) => text.includes(hidden.walletId))).toEqual([]);
});
