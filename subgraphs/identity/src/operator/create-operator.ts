import { createDatabase } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { PrismaClient, type User } from '../generated/prisma/client.ts';
import { changeRoleByOperator } from '../roles/index.ts';
import { createSealer, deriveKey } from '../secrets/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from '../sessions/index.ts';
import { rotateSigningKey } from '../signing-keys/index.ts';

/**
 * What whoever runs the platform does to identity without being signed in: having the database is
 * their right to it. What gateways and other subgraphs have to hear of goes into the outbox with the
 * change; the graph that runs, or the next one that does, tells them.
 */
export interface IdentityOperator {
  /** See `rotateSigningKey`. The secret is identity's `ENCRYPTION_SECRET`. */
  rotateKeys(encryptionSecret: string): ReturnType<typeof rotateSigningKey>;
  /**
   * Gives somebody a platform role, as the mutation `grantRole` does.
   *
   * @throws UserFailure `PersonNotFound`, `InvalidInput` for a role that there is not.
   */
  grantRole(
    handle: string,
    role: string,
  ): Promise<{ readonly roles: readonly string[]; readonly isNew: boolean }>;
  /**
   * Takes a platform role from somebody, as the mutation `revokeRole` does: what they change next is
   * refused, whatever their access token says.
   *
   * @throws UserFailure `PersonNotFound`, `LastAdministrator`, `InvalidInput` for a role that there is not.
   */
  revokeRole(
    handle: string,
    role: string,
  ): Promise<{ readonly roles: readonly string[]; readonly wasHeld: boolean }>;
  /**
   * Ends all sessions of somebody and their sign-ins under way. Their API keys go on.
   *
   * @returns how many were alive.
   * @throws UserFailure `PersonNotFound`
   */
  endSessions(handle: string): Promise<number>;
  stop(): Promise<void>;
}

interface OperatorOptions {
  /** Of identity's database. */
  readonly databaseUrl: string;
  readonly now?: () => Date;
}

export function createOperator({
  databaseUrl,
  now = () => new Date(),
}: OperatorOptions): IdentityOperator {
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  const ctx = { db, now };

  /** By the handle they have now: a former one may be meant for somebody else. */
  async function personWith(handle: string): Promise<User> {
    const user = await db.client.user.findFirst({
      where: { handle: handle.toLowerCase(), erasedAt: null },
    });
    if (!user) throw new UserFailure('PersonNotFound', `Nobody has the handle ${handle}.`);
    return user;
  }

  return {
    rotateKeys: (encryptionSecret) =>
      rotateSigningKey({
        ...ctx,
        sealer: createSealer(deriveKey(encryptionSecret, 'signing-keys')),
      }),
    grantRole: async (handle, role) => {
      const before = await personWith(handle);
      const { user } = await changeRoleByOperator(ctx, 'grant', { userId: before.id, role });
      return { roles: user.roles, isNew: !before.roles.includes(role) };
    },
    revokeRole: async (handle, role) => {
      const before = await personWith(handle);
      const { user } = await changeRoleByOperator(ctx, 'revoke', { userId: before.id, role });
      return { roles: user.roles, wasHeld: before.roles.includes(role) };
    },
    endSessions: async (handle) => {
      const { id: userId } = await personWith(handle);
      return db.inTransaction(async (tx) => {
        const subject = 'operator';
        await recordSecurityEvent(ctx, tx, { userId, type: 'SIGNED_OUT_EVERYWHERE', subject });
        return endSessions(ctx, tx, userId);
      });
    },
    stop: () => db.close(),
  };
}
