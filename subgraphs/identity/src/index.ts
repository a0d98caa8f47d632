import { createDatabase } from '@civitas/platform/database';
import { consumeEvents, createRelay, type EventBus } from '@civitas/platform/events';
import type { KeyValueStore } from '@civitas/platform/keyvalue';
import type { ObjectStore } from '@civitas/platform/objects';
import { forgetErased } from '@civitas/platform/personal-data';
import type { PubSub } from '@civitas/platform/pubsub';
import { defineSubgraph, type Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { announceAccessChanges } from './access-changes/index.ts';
import { accountResolvers } from './accounts/index.ts';
import { apiKeyResolvers } from './api-keys/index.ts';
import {
  avatarResolvers,
  createAvatarCollector,
  createAvatarFiles,
  createAvatarLoaders,
} from './avatars/index.ts';
import type { IdentityContext } from './context.ts';
import { credentialResolvers } from './credentials/index.ts';
import { createDevices } from './devices/index.ts';
import { createEncounterLoaders, encounterResolvers } from './encounters/index.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { createMailWorker, type Mailer } from './mail/index.ts';
import { mfaResolvers } from './mfa/index.ts';
import { createOpenid, openidResolvers, type ProviderConfig } from './openid/index.ts';
import { createPartnerLoaders, partnerResolvers } from './partners/index.ts';
import { passkeyResolvers, type RelyingParty } from './passkeys/index.ts';
import {
  askRangeServer,
  createPasswordHasher,
  createPasswordPolicy,
  type HashParameters,
  NO_LIST,
  searchBreachFile,
} from './passwords/index.ts';
import { createPeopleLoaders, peopleResolvers } from './people/index.ts';
import {
  createRequestResumer,
  downloadRoute,
  privacyHandlers,
  privacyResolvers,
} from './privacy/index.ts';
import { profileResolvers } from './profiles/index.ts';
import { roleResolvers } from './roles/index.ts';
import { createSealer, deriveKey } from './secrets/index.ts';
import { securityLogResolvers } from './security-log/index.ts';
import { createTokenIssuer, sessionResolvers } from './sessions/index.ts';
import { createSigningKeys, jwksRoute } from './signing-keys/index.ts';
import { stepUpResolvers } from './step-up/index.ts';
import { createThrottle } from './throttling/index.ts';
import { verificationResolvers } from './verification/index.ts';

export { connectMailer } from './mail/index.ts';
export { openidProviders, type ProviderConfig, signInReturnUrls } from './openid/index.ts';
export { createOperator, type IdentityOperator } from './operator/index.ts';
export { relyingPartyOf } from './passkeys/index.ts';
export { UnreadableKeyError } from './signing-keys/index.ts';

export interface IdentityDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  /** Where attempts are counted. Belongs to the subgraph from now on: `stop` closes it. */
  readonly keyValue: KeyValueStore;
  /** Tells gateways whose rights have changed. Belongs to the subgraph from now on: `stop` closes it. */
  readonly pubsub: PubSub;
  /** Delivers mail. Belongs to the subgraph from now on: `stop` closes it. */
  readonly mailer: Mailer;
  /** `iss` and `aud` of access tokens; the gateway expects the same. */
  readonly tokenIssuer: string;
  readonly tokenAudience: string;
  /** Keys the derivation of refresh tokens; at least 32 characters, kept outside the database. */
  readonly refreshSecret: string;
  /**
   * Keys the encryption of authenticator secrets and the hashes of recovery codes; at least 32
   * characters, kept outside the database. When it changes, second factors stop working.
   */
  readonly encryptionSecret: string;
  /** A server with HIBP's range API, which new passwords are looked up at. */
  readonly breachedPasswordsUrl?: string | undefined;
  /** The same as a file, which goes before the server; see `searchBreachFile`. */
  readonly breachedPasswordsFile?: string | undefined;
  /** Where people reach the gateway. */
  readonly publicUrl: string;
  /** Other providers to sign in with. */
  readonly providers?: readonly ProviderConfig[];
  /** Addresses of apps that sign-ins with other providers may return to, compared whole. */
  readonly signInReturnUrls?: readonly string[];
  /** Whose passkeys are asked for, and on which pages. */
  readonly relyingParty: RelyingParty;
  /**
   * Whether platform roles count for nothing while their account has no second factor. Default true:
   * only a town of examples does without.
   */
  readonly rolesNeedSecondFactor?: boolean | undefined;
  /** Where pictures of people are kept. Closed with the subgraph. Absent: nobody can have one. */
  readonly objects?: ObjectStore | null;
  /** Only for tests that prove something else than hashing. */
  readonly hashing?: HashParameters | undefined;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** People, their accounts and sessions, and who met whom. */
export async function createSubgraph(dependencies: IdentityDependencies): Promise<Subgraph> {
  const { bus, databaseUrl, keyValue, log, objects = null, now = () => new Date() } = dependencies;
  const { rolesNeedSecondFactor = true } = dependencies;
  const db = createDatabase({
    url: databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  const relay = createRelay({ url: databaseUrl, bus, log });
  const passwords = createPasswordHasher(dependencies.hashing);
  const passwordPolicy = createPasswordPolicy(breachList(dependencies));
  const { encryptionSecret } = dependencies;
  const keyring = createSealer(deriveKey(encryptionSecret, 'signing-keys'));
  const signingKeys = await createSigningKeys({ db, sealer: keyring, now, log });
  const tokens = createTokenIssuer({
    keys: signingKeys,
    issuer: dependencies.tokenIssuer,
    audience: dependencies.tokenAudience,
    refreshSecret: dependencies.refreshSecret,
  });
  const throttle = createThrottle({
    keyValue,
    secret: deriveKey(dependencies.refreshSecret, 'throttle'),
    log,
    now,
  });
  const devices = createDevices(deriveKey(dependencies.refreshSecret, 'devices'));
  const sealer = createSealer(deriveKey(encryptionSecret, 'totp'));
  const keys = {
    recoveryCodes: deriveKey(encryptionSecret, 'recovery-codes'),
    downloads: deriveKey(encryptionSecret, 'downloads'),
  };
  const consumer = consumeEvents({
    database: db,
    consumer: 'identity',
    handlers: privacyHandlers(now),
    afterwards: forgetErased('identity', 'identity', bus),
    bus,
    log,
    now,
  });
  const resumer = createRequestResumer({ db, now, log });
  const openid = createOpenid({
    providers: dependencies.providers ?? [],
    publicUrl: dependencies.publicUrl,
    returnUrls: dependencies.signInReturnUrls ?? [],
    key: deriveKey(encryptionSecret, 'openid'),
    db,
    now,
    log,
  });
  const avatars = createAvatarFiles({
    ...{ objects, now },
    publicUrl: dependencies.publicUrl,
    secret: encryptionSecret,
  });
  const collector = createAvatarCollector({ db, objects, log });
  const mail = createMailWorker({ db, mailer: dependencies.mailer, log, now });
  announceAccessChanges({ bus, pubsub: dependencies.pubsub, db, rolesNeedSecondFactor });
  return defineSubgraph<IdentityContext>({
    name: 'identity',
    directory: import.meta.dirname,
    consumers: [consumer],
    resolvers: [
      peopleResolvers,
      avatarResolvers,
      profileResolvers,
      accountResolvers,
      credentialResolvers,
      sessionResolvers,
      mfaResolvers,
      passkeyResolvers,
      stepUpResolvers,
      openidResolvers,
      securityLogResolvers,
      roleResolvers,
      apiKeyResolvers,
      partnerResolvers,
      encounterResolvers,
      verificationResolvers,
      privacyResolvers,
    ],
    context: (request) => ({
      ...request,
      db,
      passwords,
      passwordPolicy,
      tokens,
      throttle,
      devices,
      mail,
      sealer,
      keys,
      avatars,
      loaders: {
        ...createPeopleLoaders(db),
        ...createAvatarLoaders(db),
        ...createEncounterLoaders(db),
        ...createPartnerLoaders(db),
      },
      relyingParty: dependencies.relyingParty,
      rolesNeedSecondFactor,
      signInProviders: openid.buttons,
    }),
    log,
    now,
    routes: [
      jwksRoute(signingKeys),
      downloadRoute({ db, key: keys.downloads, now }),
      ...openid.routes,
      ...avatars.routes,
    ],
    ready: () => db.ping(),
    start: () => {
      relay.start();
      mail.start();
      resumer.start();
      collector.start();
    },
    stop: async () => {
      await relay.stop();
      await dependencies.pubsub.close();
      await mail.stop();
      await resumer.stop();
      await collector.stop();
      objects?.close();
      await dependencies.mailer.close();
      await passwords.stop();
      await db.close();
      await keyValue.close();
    },
  });
}

function breachList({ breachedPasswordsFile, breachedPasswordsUrl, log }: IdentityDependencies) {
  if (breachedPasswordsFile) return searchBreachFile({ path: breachedPasswordsFile, log });
  return breachedPasswordsUrl ? askRangeServer({ url: breachedPasswordsUrl, log }) : NO_LIST;
}
