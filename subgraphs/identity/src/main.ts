import { secret } from '@civitas/platform/config';
import { runSubgraphProcess } from '@civitas/platform/process';
import { z } from 'zod';
import { createSubgraph } from './index.ts';

const shape = {
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
  REFRESH_SECRET: secret,
};

await runSubgraphProcess('identity', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    tokenIssuer: config.TOKEN_ISSUER,
    tokenAudience: config.TOKEN_AUDIENCE,
    refreshSecret: config.REFRESH_SECRET,
  }),
);
