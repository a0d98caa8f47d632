import type { IdentityTransaction } from '../context.ts';

/**
 * Deletes the programs of somebody who was erased, with their registered operations and what was
 * counted of them: their keys are gone, so nobody can call with them any more. A trigger lets
 * operations of nobody else be deleted. Apps of the house need no key and go on; they are named for
 * the app, and keep their owner as a pseudonym.
 */
export async function erasePartnerAccounts(tx: IdentityTransaction, userId: string): Promise<void> {
  const accounts = await tx.partnerAccount.findMany({
    where: { ownerId: userId, needsKey: true },
    select: { id: true },
  });
  const partnerAccountId = { in: accounts.map(({ id }) => id) };
  await tx.operationUsage.deleteMany({ where: { partnerAccountId } });
  await tx.registeredOperation.deleteMany({ where: { partnerAccountId } });
  await tx.partnerAccount.deleteMany({ where: { id: partnerAccountId } });
}
