import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceProcess } from '../../../src/processes/service-process.ts';
import type { SubgraphName } from '../../../src/subgraph-names.ts';
import type { TestGraph } from '../use-graph.ts';

/** Ends subgraphs of a graph of many processes as a crash does, and starts them again. */
export function crashesOf(graph: TestGraph) {
  const revived = new Map<SubgraphName, ServiceProcess>();
  const current = (name: SubgraphName) => revived.get(name) ?? graph.processes?.subgraphs[name];
  return {
    kill: async (name: SubgraphName) => {
      const service = current(name);
      process.kill(service?.pid ?? 0, 'SIGKILL');
      await service?.ended;
      // What a dead reader holds ends by itself after ten seconds; nobody else holds it meanwhile.
      redis(graph, 'del', `civitas:{events}:lease:${name}`);
    },
    revive: async (name: SubgraphName) => {
      const service = await current(name)?.again();
      if (service) revived.set(name, service);
    },
    stop: () => Promise.all([...revived.values()].map((service) => service.stop())),
  };
}

function redis({ redisUrl = '' }: TestGraph, ...command: string[]): string {
  return execFileSync('redis-cli', ['-u', redisUrl, '--raw', ...command], { encoding: 'utf8' });
}

/** Whether somebody listens on a channel of the broker in whose name a word stands. */
export function isListenedTo(graph: TestGraph, word: string): boolean {
  return redis(graph, 'pubsub', 'channels').includes(word);
}

/** Ends at once what a dead process has kept for a while under names with this word. */
export function forgetKept(graph: TestGraph, word: string): void {
  const keys = redis(graph, '--scan', '--pattern', `*${word}*`).split('\n').filter(Boolean);
  if (keys.length > 0) redis(graph, 'del', ...keys);
}

const READ: Readonly<Record<string, (key: string) => string[]>> = {
  hash: (key) => ['hgetall', key],
  list: (key) => ['lrange', key, '0', '-1'],
  set: (key) => ['smembers', key],
  stream: (key) => ['xrange', key, '-', '+'],
  string: (key) => ['get', key],
  zset: (key) => ['zrange', key, '0', '-1'],
};

/** Keys of the broker in whose name or value a word stands. */
export function keysWith(graph: TestGraph, word: string): string[] {
  const keys = redis(graph, '--scan').split('\n').filter(Boolean);
  return keys.filter((key) => {
    const command = READ[redis(graph, 'type', key).trim()]?.(key) ?? [];
    return `${key} ${redis(graph, ...command)}`.toLowerCase().includes(word.toLowerCase());
  });
}

/** Files of texts in which a word stands. */
export async function filesWith({ objectsDirectory = '' }: TestGraph, word: string) {
  const found: string[] = [];
  for (const entry of await readdir(objectsDirectory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path, 'utf8')).includes(word)) found.push(path);
  }
  return found;
}
