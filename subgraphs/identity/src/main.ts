import { secret } from '@civitas/platform/config';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { connectObjectStore, objectStoreShape } from '@civitas/platform/objects';
import { runSubgraphProcess } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import {
  connectMailer,
  createSubgraph,
  openidProviders,
  relyingPartyOf,
  signInReturnUrls,
} from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
  REFRESH_SECRET: secret,
  ENCRYPTION_SECRET: secret,
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:4000'),
  OPENID_PROVIDERS: openidProviders,
  SIGN_IN_RETURN_URLS: signInReturnUrls,
  PASSKEY_RP_ID: z.string().optional(),
  PASSKEY_ORIGINS: z.string().optional(),
  ROLES_NEED_SECOND_FACTOR: z.stringbool().default(true),
  BREACHED_PASSWORDS_URL: z.url({ protocol: /^https?$/ }).optional(),
  BREACHED_PASSWORDS_FILE: z.string().optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().optional(),
  MAIL_DIRECTORY: z.string().optional(),
  ...objectStoreShape,
};

await runSubgraphProcess('identity', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    keyValue: connectKeyValueStore({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    pubsub: connectPubSub({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    mailer: connectMailer({
      smtpUrl: config.SMTP_URL,
      from: config.MAIL_FROM,
      directory: config.MAIL_DIRECTORY,
      log: dependencies.log,
    }),
    tokenIssuer: config.TOKEN_ISSUER,
    tokenAudience: config.TOKEN_AUDIENCE,
    refreshSecret: config.REFRESH_SECRET,
    encryptionSecret: config.ENCRYPTION_SECRET,
    publicUrl: config.PUBLIC_URL,
    objects: connectObjectStore({
      url: config.OBJECTS_URL,
      accessKeyId: config.AWS_ACCESS_KEY_ID,
      secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
    }),
    providers: config.OPENID_PROVIDERS,
    signInReturnUrls: config.SIGN_IN_RETURN_URLS,
    relyingParty: relyingPartyOf({
      publicUrl: config.PUBLIC_URL,
      id: config.PASSKEY_RP_ID,
      origins: config.PASSKEY_ORIGINS,
    }),
    rolesNeedSecondFactor: config.ROLES_NEED_SECOND_FACTOR,
    breachedPasswordsFile: config.BREACHED_PASSWORDS_FILE,
    breachedPasswordsUrl: config.BREACHED_PASSWORDS_URL,
  }),
);
