import { readFile } from 'node:fs/promises';
import { ConfigError } from '@civitas/platform/config';
import { z } from 'zod';
import type { GraphiqlOptions } from './graphiql.ts';

const examplesShape = z.array(z.object({ query: z.string() }));

/**
 * Reads the operations that GraphiQL opens with; none when no file is named.
 *
 * @throws ConfigError when the file cannot be read or is of another shape.
 */
export async function readExamples(path: string | undefined): Promise<GraphiqlOptions> {
  if (path === undefined) return {};
  try {
    return { examples: examplesShape.parse(JSON.parse(await readFile(path, 'utf8'))) };
  } catch (cause) {
    throw new ConfigError(`GRAPHIQL_EXAMPLES_PATH: ${path} is not a list of examples.`, { cause });
  }
}
