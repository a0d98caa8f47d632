import { secret } from '@civitas/platform/config';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { runSubgraphProcess } from '@civitas/platform/process';
import { z } from 'zod';
import { createSubgraph } from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
  REFRESH_SECRET: secret,
};

await runSubgraphProcess('identity', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    keyValue: connectKeyValueStore({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    tokenIssuer: config.TOKEN_ISSUER,
    tokenAudience: config.TOKEN_AUDIENCE,
    refreshSecret: config.REFRESH_SECRET,
  }),
);
