import type { Database } from '@civitas/platform/database';
import type { RequestContext } from '@civitas/platform/subgraph';
import type { AvatarFiles, createAvatarLoaders } from './avatars/index.ts';
import type { Devices } from './devices/index.ts';
import type { createEncounterLoaders } from './encounters/index.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import type { MailWorker } from './mail/index.ts';
import type { createPartnerLoaders } from './partners/index.ts';
import type { RelyingParty } from './passkeys/index.ts';
import type { PasswordHasher, PasswordPolicy } from './passwords/index.ts';
import type { createPeopleLoaders } from './people/index.ts';
import type { Sealer } from './secrets/index.ts';
import type { TokenIssuer } from './sessions/index.ts';
import type { Throttle } from './throttling/index.ts';

export type IdentityDatabase = Database<PrismaClient>;
export type IdentityTransaction = Prisma.TransactionClient;

/** What every resolver and service of this subgraph works with. */
export interface IdentityContext extends RequestContext {
  readonly db: IdentityDatabase;
  readonly passwords: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly tokens: TokenIssuer;
  readonly throttle: Throttle;
  readonly devices: Devices;
  /** Other providers to sign in with, for the sign-in page. */
  readonly signInProviders: readonly { id: string; name: string; url: string }[];
  /** Whose passkeys are asked for. */
  readonly relyingParty: RelyingParty;
  /** Platform roles of an account without a second factor count for nothing. */
  readonly rolesNeedSecondFactor: boolean;
  /** Encrypts the secrets of authenticator apps. */
  readonly sealer: Sealer;
  readonly keys: {
    readonly recoveryCodes: Uint8Array;
    /** Signs the addresses of documents. */
    readonly downloads: Uint8Array;
  };
  /** Wake it after a transaction that queued mail. */
  readonly mail: Pick<MailWorker, 'wake'>;
  readonly avatars: AvatarFiles;
  readonly loaders: IdentityLoaders;
}

type IdentityLoaders = ReturnType<typeof createPeopleLoaders> &
  ReturnType<typeof createAvatarLoaders> &
  ReturnType<typeof createEncounterLoaders> &
  ReturnType<typeof createPartnerLoaders>;
