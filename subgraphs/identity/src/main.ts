import { secret } from '@civitas/platform/config';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { runSubgraphProcess } from '@civitas/platform/process';
import { z } from 'zod';
import { connectMailer, createSubgraph } from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
  REFRESH_SECRET: secret,
  ENCRYPTION_SECRET: secret,
  BREACHED_PASSWORDS_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().optional(),
  MAIL_DIRECTORY: z.string().optional(),
};

await runSubgraphProcess('identity', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    keyValue: connectKeyValueStore({ redisUrl: config.REDIS_URL, log: dependencies.log }),
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
    breachedPasswordsUrl: config.BREACHED_PASSWORDS_URL,
  }),
);
