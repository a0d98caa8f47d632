import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/** What identity itself holds of a person. No secrets: those are hashes, and bytes are left out. */
export function ownData(now: () => Date): PersonalData<PrismaClient> {
  return {
    subgraph: 'identity',
    now,
    sections: {
      profile: (tx, id, page) => tx.user.findMany({ where: { id }, ...page }),
      account: (tx, userId, page) =>
        tx.account.findMany({ where: { userId }, omit: { passwordHash: true }, ...page }),
      avatar: (tx, userId, page) => tx.avatar.findMany({ where: { userId }, ...page }),
      formerHandles: (tx, userId, page) =>
        tx.formerHandle.findMany({ where: { userId }, orderBy: { handle: 'asc' }, ...page }),
      sessions: (tx, userId, page) =>
        tx.session.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      passkeys: (tx, userId, page) =>
        tx.passkey.findMany({
          where: { userId },
          select: { name: true, createdAt: true, lastUsedAt: true },
          orderBy: { createdAt: 'asc' },
          ...page,
        }),
      linkedProviders: (tx, userId, page) =>
        tx.externalIdentity.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      secondFactors: (tx, userId, page) =>
        tx.totpAuthenticator.findMany({
          where: { userId },
          select: { confirmedAt: true },
          ...page,
        }),
      apiKeys: (tx, ownerId, page) =>
        tx.apiKey.findMany({
          where: { ownerId },
          omit: { hash: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      partnerAccounts: (tx, ownerId, page) =>
        tx.partnerAccount.findMany({ where: { ownerId }, orderBy: { id: 'asc' }, ...page }),
      registeredOperations: (tx, ownerId, page) =>
        tx.registeredOperation.findMany({
          where: { account: { ownerId } },
          omit: { normalizedHash: true },
          orderBy: [{ partnerAccountId: 'asc' }, { operationId: 'asc' }],
          ...page,
        }),
      operationUsage: (tx, ownerId, page) =>
        tx.operationUsage.findMany({
          where: { account: { ownerId } },
          orderBy: [{ apiKeyId: 'asc' }, { day: 'asc' }, { operationId: 'asc' }],
          ...page,
        }),
      dataRequests: (tx, userId, page) =>
        tx.dataRequest.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      securityEvents: (tx, userId, page) =>
        tx.securityEvent.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      verificationRequests: (tx, userId, page) =>
        tx.verificationRequest.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      encountersAsCivilian: (tx, civilianId, page) =>
        tx.encounter.findMany({
          where: { civilianId },
          include: { dispute: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      encountersAsOfficer: (tx, officerId, page) =>
        tx.encounter.findMany({ where: { officerId }, orderBy: { id: 'asc' }, ...page }),
      acquaintances: (tx, civilianId, page) =>
        tx.acquaintance.findMany({ where: { civilianId }, orderBy: { officerId: 'asc' }, ...page }),
    },
    erase: erasePerson,
  };
}
