import { runSubgraphProcess } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import { createSubgraph } from './index.ts';

await runSubgraphProcess('content', { REDIS_URL: z.url() }, (dependencies, { REDIS_URL }) =>
  createSubgraph({
    ...dependencies,
    pubsub: connectPubSub({ redisUrl: REDIS_URL, log: dependencies.log }),
  }),
);
