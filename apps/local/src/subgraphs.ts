import { createSubgraph as createCommunities } from '@civitas/communities';
import { createSubgraph as createContent } from '@civitas/content';
import { createSubgraph as createFinance } from '@civitas/finance';
import {
  connectMailer,
  createSubgraph as createIdentity,
  type ProviderConfig,
  relyingPartyOf,
} from '@civitas/identity';
import { createSubgraph as createMarketplace } from '@civitas/marketplace';
import type { EventBus } from '@civitas/platform/events';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { connectObjectStore } from '@civitas/platform/objects';
import { connectPubSub, type PubSub } from '@civitas/platform/pubsub';
import type { Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { appOrigins, tokenAudience, tokenIssuer } from './addresses.ts';
import type { SubgraphName } from './subgraph-names.ts';

export interface SubgraphOptions {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  readonly bus: EventBus;
  readonly refreshSecret: string;
  readonly encryptionSecret: string;
  /** Signs the addresses of files. Absent: they end with the process. */
  readonly filesSecret?: string;
  /** Where people reach the gateway: passkeys are made for its host. */
  readonly publicUrl: string;
  /** Other providers to sign in with. */
  readonly signIn?: {
    readonly providers: readonly ProviderConfig[];
    readonly signInReturnUrls: readonly string[];
  };
  /** Where mail to people is written. Absent: it stays in the database. */
  readonly mailDirectory?: string;
  /** Where files are kept, a `file:` URL. Absent: texts in the database, and other files nowhere. */
  readonly objectsUrl?: string;
  /** How identity tells the gateway whose rights have changed. */
  readonly accessChanges: PubSub;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** Builds all subgraphs in this process. They are not started yet. */
export async function createSubgraphs(
  options: SubgraphOptions,
): Promise<Readonly<Record<SubgraphName, Subgraph>>> {
  const {
    databaseUrls,
    refreshSecret,
    encryptionSecret,
    filesSecret,
    mailDirectory,
    publicUrl,
    objectsUrl,
    signIn,
    ...shared
  } = options;
  const of = (name: SubgraphName) => ({
    ...shared,
    log: options.log.child({ subgraph: name }),
    databaseUrl: databaseUrls[name],
  });
  return {
    identity: await createIdentity({
      ...of('identity'),
      keyValue: connectKeyValueStore({ ...shared, redisUrl: undefined }),
      pubsub: options.accessChanges,
      mailer: connectMailer({ directory: mailDirectory, log: options.log }),
      tokenIssuer,
      tokenAudience,
      refreshSecret,
      encryptionSecret,
      publicUrl,
      objects: connectObjectStore({ url: objectsUrl }),
      ...signIn,
      relyingParty: relyingPartyOf({ publicUrl, origins: appOrigins(publicUrl) }),
    }),
    content: createContent({
      ...of('content'),
      pubsub: connectPubSub({ redisUrl: undefined, log: options.log }),
      objects: connectObjectStore({ url: objectsUrl }),
      ...(filesSecret !== undefined && { files: { url: publicUrl, secrets: [filesSecret] } }),
    }),
    marketplace: createMarketplace(of('marketplace')),
    communities: createCommunities(of('communities')),
    finance: createFinance(of('finance')),
  };
}
