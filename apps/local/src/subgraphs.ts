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
  return {
    identity: await builders.identity(options),
    content: builders.content(options),
    marketplace: builders.marketplace(options),
    communities: builders.communities(options),
    finance: builders.finance(options),
  };
}

/** Builds one of them. */
export async function createOneSubgraph(
  name: SubgraphName,
  options: SubgraphOptions,
): Promise<Subgraph> {
  return builders[name](options);
}

const builders = {
  identity: (options: SubgraphOptions) =>
    createIdentity({
      ...basics(options, 'identity'),
      ...options.signIn,
      keyValue: connectKeyValueStore({ ...basics(options, 'identity'), redisUrl: undefined }),
      pubsub: options.accessChanges,
      mailer: connectMailer({ directory: options.mailDirectory, log: options.log }),
      tokenIssuer,
      tokenAudience,
      refreshSecret: options.refreshSecret,
      encryptionSecret: options.encryptionSecret,
      publicUrl: options.publicUrl,
      // A town of examples, whose staff has no phone: its banner says so.
      rolesNeedSecondFactor: false,
      objects: connectObjectStore({ url: options.objectsUrl }),
      relyingParty: relyingPartyOf({
        publicUrl: options.publicUrl,
        origins: appOrigins(options.publicUrl),
      }),
    }),
  content: (options: SubgraphOptions) =>
    createContent({
      ...basics(options, 'content'),
      pubsub: connectPubSub({ redisUrl: undefined, log: options.log }),
      objects: connectObjectStore({ url: options.objectsUrl }),
      ...(options.filesSecret !== undefined && {
        files: { url: options.publicUrl, secrets: [options.filesSecret] },
      }),
    }),
  marketplace: (options: SubgraphOptions) => createMarketplace(basics(options, 'marketplace')),
  communities: (options: SubgraphOptions) => createCommunities(basics(options, 'communities')),
  finance: (options: SubgraphOptions) => createFinance(basics(options, 'finance')),
};

function basics({ databaseUrls, bus, log, now }: SubgraphOptions, name: SubgraphName) {
  return {
    databaseUrl: databaseUrls[name],
    bus,
    log: log.child({ subgraph: name }),
    ...(now && { now }),
  };
}
