import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphql } from 'graphql';
import { benchSubgraphs } from './subgraphs.ts';

// A process of its own. The first answer to a request is made, every later one is replayed, so that
// the subgraphs cost next to nothing and the gateway is what is measured.

const answers = new Map<string, Buffer>();

async function answerTo(name: string, body: string): Promise<Buffer> {
  const known = answers.get(name + body);
  if (known) return known;
  const { query = '', variables, operationName } = JSON.parse(body);
  const subgraph = benchSubgraphs.find((each) => each.name === name);
  if (!subgraph) throw new Error(`There is no subgraph ${name}.`);
  const result = await graphql({
    schema: subgraph.schema,
    source: query,
    variableValues: variables,
    operationName,
  });
  const answer = Buffer.from(JSON.stringify(result));
  answers.set(name + body, answer);
  return answer;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const answer = await answerTo(request.url?.slice(1) ?? '', Buffer.concat(chunks).toString());
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
