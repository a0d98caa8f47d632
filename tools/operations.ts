import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadSupergraph } from '@civitas/gateway';
import { readConfig } from '@civitas/platform/config';
import { z } from 'zod';
import { faultsOf } from './operations/faults-of.ts';
import { OperationsError } from './operations/operations-error.ts';
import { publish } from './operations/publish.ts';
import { readManifest } from './operations/read-manifest.ts';

// `npm run operations -- publish --client <name> <file> [--url <gateway>]`: registers the operations of
// a program, after all of them have been validated against the committed supergraph.

const USAGE =
  'npm run operations -- publish --client <name> <file> [--url http://localhost:4000/graphql]';

interface Arguments {
  readonly client: string;
  readonly path: string;
  readonly url: string;
}

function readArguments(): Arguments {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        client: { type: 'string' },
        url: { type: 'string', default: 'http://localhost:4000/graphql' },
      },
    });
    const [verb, path, ...others] = positionals;
    if (verb !== 'publish' || path === undefined || others.length > 0) {
      throw new Error('Name one file to publish.');
    }
    if (values.client === undefined) throw new Error('Name the client.');
    if (!URL.canParse(values.url)) throw new Error(`${values.url} is not a URL.`);
    return { client: values.client, path, url: values.url };
  } catch (error) {
    throw new OperationsError(`${(error as Error).message} Usage: ${USAGE}`);
  }
}

try {
  const { client, path, url } = readArguments();
  const { CIVITAS_TOKEN: token } = readConfig({ CIVITAS_TOKEN: z.string().optional() });
  if (token === undefined) {
    throw new OperationsError(
      'Set CIVITAS_TOKEN to an API key with the scope identity:publish-operations, or an access token.',
    );
  }
  const operations = readManifest(path);
  const supergraph = new URL('../supergraph.graphql', import.meta.url);
  const { schema } = loadSupergraph(readFileSync(supergraph, 'utf8'));
  const faults = faultsOf(operations, schema);
  if (faults.length > 0) {
    throw new OperationsError(
      [...faults, `Nothing was published: ${faults.length} faults.`].join('\n'),
    );
  }
  const { added, version } = await publish({ client, url, token, operations });
  const known = operations.length - added;
  console.log(
    `operations: ${client} has version ${version}: ${added} operations added, ${known} were there`,
  );
} catch (error) {
  const isExpected = error instanceof OperationsError;
  console.error(isExpected ? `operations: ${error.message}` : error);
  process.exitCode = 1;
}
