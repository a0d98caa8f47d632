import { secret } from '@civitas/platform/config';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { connectObjectStore, objectStoreShape } from '@civitas/platform/objects';
import { runSubgraphProcess } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { z } from 'zod';
import { createSubgraph } from './index.ts';

const shape = {
  REDIS_URL: z.url(),
  ...objectStoreShape,
  /** Where people reach the gateway for files; a host of its own keeps cookies away from them. */
  FILES_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:4000'),
  /** Signs the addresses of files. */
  FILES_SECRET: secret,
  /** The one before it, until the addresses that it signed have expired: two hours. */
  FILES_SECRET_BEFORE: z.union([secret, z.literal('')]).optional(),
};

await runSubgraphProcess('content', shape, (dependencies, config) =>
  createSubgraph({
    ...dependencies,
    pubsub: connectPubSub({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    keyValue: connectKeyValueStore({ redisUrl: config.REDIS_URL, log: dependencies.log }),
    files: {
      url: config.FILES_URL,
      secrets: [config.FILES_SECRET, config.FILES_SECRET_BEFORE].flatMap((each) => each || []),
    },
    objects: connectObjectStore({
      url: config.OBJECTS_URL,
      accessKeyId: config.AWS_ACCESS_KEY_ID,
      secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
    }),
  }),
);
