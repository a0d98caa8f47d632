import type { TestPerson } from './use-finance.ts';

const FAILURE = `
  ... on UserError { code message path }
  ... on InsufficientFunds { available { amountMinor currency } }
  ... on PaymentProofRequired { free { amountMinor currency } }`;

const TRANSFER = `mutation Transfer($input: TransferInput!) {
  transfer(input: $input) {
    __typename
    ${FAILURE}
    ... on TransferSuccess {
      line { id kind amount { amountMinor currency } balanceAfter { amountMinor }
        counterparty { id } note occurredAt }
      wallet { id balance { amountMinor } }
    }
  }
}`;

const DONATE = `mutation Donate($input: DonateInput!) {
  donate(input: $input) {
    __typename
    ${FAILURE}
    ... on DonateSuccess {
      donation { id amount { amountMinor currency } donatedAt anonymous donor { id } family { id } message }
      wallet { id balance { amountMinor } }
    }
  }
}`;

let keys = 0;

/** A key nobody has used. */
export function freshKey(): string {
  keys += 1;
  return `key-${keys}`;
}

/** Transfers from somebody's wallet; one euro, when nothing else is said. */
export async function transfer(from: TestPerson, to: { walletId: string }, input: object = {}) {
  const data = await from.run(TRANSFER, {
    input: {
      fromWalletId: from.walletId,
      toWalletId: to.walletId,
      amountMinor: '100',
      idempotencyKey: freshKey(),
      ...input,
    },
  });
  return data.transfer;
}

/** Gives to a family; one euro and by name, when nothing else is said. */
export async function donate(from: TestPerson, family: { id: string }, input: object = {}) {
  const data = await from.run(DONATE, {
    input: {
      familyId: family.id,
      fromWalletId: from.walletId,
      amountMinor: '100',
      anonymous: false,
      idempotencyKey: freshKey(),
      ...input,
    },
  });
  return data.donate;
}
