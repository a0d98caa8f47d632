import { parseArgs } from 'node:util';
import { OperationsError } from './operations-error.ts';

const DEFAULT_URL = 'http://localhost:4000/graphql';

export const HELP = `npm run operations -- publish --client <name> [--url <gateway>] <file>

Registers the operations that a program sends, so that it may send them by their ids, and nothing else
where its account says so. Every document is validated against supergraph.graphql first; one fault and
nothing is sent. What was registered is never changed and never removed; publishing again changes nothing.

  <file>           the manifest of GraphQL Code Generator's client preset, or Apollo's
  --client <name>  the name of the program's account
  --url <gateway>  where the graph is; ${DEFAULT_URL} unless said otherwise
  -h, --help       this text

CIVITAS_TOKEN has to be an API key of the account with the scope identity:publish-operations, or an access
token of its owner or of an administrator.
Exit code 1: not all of it was published; every reason has a line.`;

export interface PublishArguments {
  readonly client: string;
  readonly path: string;
  readonly url: string;
}

/**
 * What the command line says.
 *
 * @throws OperationsError that names what is wrong.
 */
export function readArguments(args: readonly string[]): PublishArguments | 'help' {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        client: { type: 'string' },
        url: { type: 'string', default: DEFAULT_URL },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const [verb, path, ...others] = positionals;
    if (verb !== 'publish') {
      throw new Error(verb === undefined ? 'Say publish.' : `There is no command "${verb}".`);
    }
    if (path === undefined || others.length > 0) throw new Error('Name one file to publish.');
    if (values.client === undefined) throw new Error('Name the client.');
    if (!URL.canParse(values.url)) throw new Error(`${values.url} is not a URL.`);
    return { client: values.client, path, url: values.url };
  } catch (error) {
    throw new OperationsError(`${(error as Error).message} See: npm run operations -- --help`);
  }
}
