import type { IdentityTransaction } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { endSessions } from '../sessions/index.ts';
import { erasePartnerAccounts } from './erase-partner-accounts.ts';

/** As long as nobody else gets a handle that people may still know somebody by. */
const HANDLE_HELD_MS = 365 * 24 * 60 * 60_000;

const ERASED_NAME = 'Erased person';

/**
 * Takes away what is personal of somebody and leaves a row without a name, because encounters,
 * orders and the ledger refer to it. Sessions end first, which the gateways are told, then account,
 * keys and passkeys, and the programs that called with those keys. Their handle is nobody's for a year, and leads nowhere. To do it again changes nothing.
 */
export async function erasePerson(
  tx: IdentityTransaction,
  userId: string,
  now: Date,
): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "user" WHERE id = ${userId} FOR UPDATE`;
  const user = await tx.user.findUnique({ where: { id: userId }, include: { account: true } });
  if (!user) return;
  await endSessions({ now: () => now }, tx, userId);
  await eraseBesideTheAccount(tx, userId, user.account?.email ?? null);
  if (user.erasedAt === null) await becomeNobody(tx, user, now);
  await eraseDependentRows(tx, userId);
  await erasePartnerAccounts(tx, userId);
  await tx.dataRequestPart.deleteMany({ where: { request: { userId, kind: 'EXPORT' } } });
  await eraseWords(tx, userId);
}

async function becomeNobody(
  tx: IdentityTransaction,
  user: { readonly id: string; readonly kind: string; readonly handle: string },
  now: Date,
): Promise<void> {
  // The end of an id is random, and of letters that a handle may have.
  const placeholder = user.id.slice(-20);
  await tx.user.update({
    where: { id: user.id },
    data: {
      displayName: ERASED_NAME,
      handle: `erased-${placeholder}`,
      bio: null,
      location: null,
      address: null,
      roles: [],
      verified: false,
      acquaintanceVisibility: 'PRIVATE',
      searchVisibility: 'PRIVATE',
      erasedAt: now,
      ...(user.kind === 'MERCHANT' && { tradeName: ERASED_NAME, category: '—' }),
      ...(user.kind === 'OFFICER' && { badgeNumber: `ERASED-${placeholder}`, department: '—' }),
      ...(user.kind === 'FAMILY' && { needsStatement: '—', householdSize: 1 }),
      ...(user.kind === 'DONOR' && { donorType: 'PERSON', anonymousByDefault: true }),
    },
  });
  const until = new Date(now.getTime() + HANDLE_HELD_MS);
  await tx.formerHandle.updateMany({ where: { userId: user.id }, data: { until } });
  await tx.formerHandle.upsert({
    where: { handle: user.handle },
    create: { handle: user.handle, userId: user.id, until },
    update: { until },
  });
}

/** Handles stay, because nobody else is to take them yet. */
const KEPT = ['former_handle'];

/**
 * Deletes every row that would go with the person's row if that were deleted: a table whose foreign
 * key cascades says that it is part of the person. A table that is added later is thereby included.
 */
async function eraseDependentRows(tx: IdentityTransaction, userId: string): Promise<void> {
  const dependents = await tx.$queryRaw<{ table: string; column: string }[]>`
    SELECT conrelid::regclass::text AS "table", attname AS "column"
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = '"user"'::regclass AND confdeltype = 'c'`;
  for (const { table, column } of dependents) {
    if (KEPT.includes(table)) continue;
    // Both names come from the catalogue, the table's quoted where it has to be.
    await tx.$executeRaw`DELETE FROM ${Prisma.raw(table)} WHERE ${Prisma.raw(column)} = ${userId}`;
  }
}

/** What records that stay say in words. */
async function eraseWords(tx: IdentityTransaction, userId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE encounter SET note = NULL, latitude_hundredths = NULL, longitude_hundredths = NULL
    WHERE civilian_id = ${userId}
      AND (note IS NOT NULL OR latitude_hundredths IS NOT NULL)`;
  await tx.$executeRaw`
    UPDATE encounter_dispute
    SET statement = '—', answer = CASE WHEN answer IS NULL THEN NULL ELSE '—' END
    FROM encounter WHERE encounter.id = encounter_id AND civilian_id = ${userId}`;
  await tx.$executeRaw`
    UPDATE security_event SET subject = NULL WHERE user_id = ${userId} AND subject IS NOT NULL`;
}

/** Rows that know the person by their address or by another provider's name for them. */
async function eraseBesideTheAccount(
  tx: IdentityTransaction,
  userId: string,
  email: string | null,
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM provider_answer AS answer USING external_identity AS link
    WHERE link.user_id = ${userId} AND (answer.issuer, answer.subject) = (link.issuer, link.subject)`;
  await tx.pendingMail.deleteMany({ where: { userId } });
  if (email === null) return;
  await tx.pendingMail.deleteMany({ where: { recipient: email } });
  await tx.pendingRegistration.deleteMany({ where: { email } });
  await tx.providerAnswer.deleteMany({ where: { email: { equals: email, mode: 'insensitive' } } });
}
