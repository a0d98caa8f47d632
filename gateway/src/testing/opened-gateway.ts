import { onTestFinished } from 'vitest';
import { townGateway } from './town-gateway.ts';

type TownOptions = Parameters<typeof townGateway>[0];

/** The miniature town on a socket of its own until the test ends. */
export async function openedGateway(options: TownOptions = {}) {
  const gateway = await townGateway(options);
  onTestFinished(() => gateway.stop());
  const server = await gateway.listen({ port: 0, host: '127.0.0.1' });
  return { gateway, server, url: server.url, origin: new URL(server.url).origin };
}

/** A GraphQL POST. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
