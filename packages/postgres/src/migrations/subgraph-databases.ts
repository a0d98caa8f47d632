import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** `prisma/` of this repository. */
export const prismaDirectory = path.resolve(import.meta.dirname, '../../../../prisma');

/** The names of all subgraphs that own a database: the folders with a schema.prisma, in order. */
export async function listSubgraphs(directory = prismaDirectory): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true });
  return entries
    .map((entry) => /^([^/]+)\/schema\.prisma$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** The database of one subgraph on a server that all share. */
export const databaseNameOf = (subgraph: string) => `civitas_${subgraph}`;
