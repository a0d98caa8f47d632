import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connectSubgraph, createGateway, loadSupergraph } from '@civitas/gateway';
import { createLogger } from '@civitas/platform/telemetry';
import { PUSH_TOPIC_UPDATE, TOPIC_EDITS } from '@civitas/topic-editing';
import { SECRET } from '../secret.ts';
import { author, createTopics } from './bench-topics.ts';

// Our gateway as it is deployed, over the whole supergraph; only content is ever asked.

const [, , contentUrl = ''] = process.argv;
const path = fileURLToPath(new URL('../../../supergraph.graphql', import.meta.url));
const supergraphSdl = await readFile(path, 'utf8');
const log = createLogger({ name: 'gateway', level: 'error' });
const names = loadSupergraph(supergraphSdl).subgraphs.map(({ name }) => name);
const gateway = await createGateway({
  supergraphSdl,
  transports: new Map(
    names.map((name) => {
      const urls = [name === 'content' ? contentUrl : 'http://127.0.0.1:1/graphql'];
      return [name, connectSubgraph({ name, urls, secret: SECRET, log })];
    }),
  ),
  verifyAccessToken: async () => author,
  knownOperations: [TOPIC_EDITS, PUSH_TOPIC_UPDATE],
  log,
  introspection: false,
});
const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
const addTopic = await createTopics(async ({ query, variables }) => {
  const { result } = await gateway.execute({ query, variables, viewer: author });
  return result;
});
process.send?.({ url: url.replace(/^http/, 'ws') });
process.on('message', async () => process.send?.({ topicId: await addTopic() }));
process.on('disconnect', () => process.exit());
