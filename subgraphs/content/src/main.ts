import { connectObjectStore, objectStoreShape } from '@civitas/platform/objects';
import { runSubgraphProcess } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import { createSubgraph } from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  ...objectStoreShape,
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
