import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The documents below a folder, one per `.graphql` file; none when there is no such folder. */
export async function readKnownOperations(folder: string): Promise<readonly string[]> {
  const documents: string[] = [];
  for await (const path of glob('**/*.graphql', { cwd: folder })) {
    documents.push(await readFile(join(folder, path), 'utf8'));
  }
  return documents;
}
