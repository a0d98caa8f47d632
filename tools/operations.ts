import { readFileSync } from 'node:fs';
import { loadSupergraph } from '@civitas/gateway';
import { readConfig } from '@civitas/platform/config';
import { z } from 'zod';
import { HELP, type PublishArguments, readArguments } from './operations/arguments.ts';
import { faultsOf } from './operations/faults-of.ts';
import { OperationsError } from './operations/operations-error.ts';
import { publish } from './operations/publish.ts';
import { readManifest } from './operations/read-manifest.ts';

// `npm run operations -- publish --client <name> <file> [--url <gateway>]`: registers the operations of
// a program, after all of them have been validated against the committed supergraph. `--help` says more.

try {
  const given = readArguments(process.argv.slice(2));
  console.log(given === 'help' ? HELP : await publishFile(given));
} catch (error) {
  const isExpected = error instanceof OperationsError;
  console.error(isExpected ? `operations: ${error.message}` : error);
  process.exitCode = 1;
}

async function publishFile({ client, path, url }: PublishArguments): Promise<string> {
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
  return `operations: ${client} has version ${version}: ${added} operations added, ${known} were there`;
}
