import { runSubgraphProcess } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import { connectObjectStore, createSubgraph } from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  /** See `connectObjectStore`. */
  OBJECTS_URL: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
};

await runSubgraphProcess('content', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    pubsub: connectPubSub({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    objects: connectObjectStore({
      url: config.OBJECTS_URL,
      accessKeyId: config.AWS_ACCESS_KEY_ID,
      secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
    }),
  }),
);
