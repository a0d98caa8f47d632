import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { BELL_SDL, createBell } from './bell.ts';

// The baseline: graphql-ws over graphql-js in one process, with the same schema and no gateway.

const schema = buildSubgraphSchema({ typeDefs: parse(BELL_SDL), resolvers: createBell() });
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { query: source } = JSON.parse(Buffer.concat(chunks).toString());
  response.end(JSON.stringify(await graphql({ schema, source })));
});
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`ready http://127.0.0.1:${port}/graphql`);
});
