import { parseArgs } from 'node:util';
import { LocalStartError } from '../local-start-error.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';

export const HELP = `npm run operator -- <command>

  parked [subgraph]                            events that were put aside because they keep failing
  retry-parked <subgraph> [--consumer <name>]  apply them again, in order, until one fails
  rotate-keys                                  make the next key of access tokens now; it signs in a day
  grant-role <handle> <role>                   ADMINISTRATOR, MODERATOR or SUPPORT: the first administrator
  revoke-role <handle> <role>                  take one away; the last administrator keeps theirs
  end-sessions <handle>                        sign somebody out everywhere; API keys go on

It works on what npm start works on, whether that runs or not: DATABASE_URL, else .data (CIVITAS_DATA).
With many processes, REDIS_URL lets retry-parked clear streams too, and ENCRYPTION_SECRET is identity's.
Exit code 1: nothing was done, or an event failed again.`;

const ROLES = ['ADMINISTRATOR', 'MODERATOR', 'SUPPORT'];

/** What is to be done. */
export type Command =
  | { readonly name: 'help' | 'rotate-keys' }
  /** Null: in all. */
  | { readonly name: 'parked'; readonly subgraph: SubgraphName | null }
  | {
      readonly name: 'retry-parked';
      readonly subgraph: SubgraphName;
      /** Null: all of the subgraph. */
      readonly consumer: string | null;
    }
  | { readonly name: 'grant-role' | 'revoke-role'; readonly handle: string; readonly role: string }
  | { readonly name: 'end-sessions'; readonly handle: string };

/** @throws LocalStartError that names what is wrong. */
export function readCommand(args: readonly string[]): Command {
  const { positionals, values } = parse(args);
  const [name, ...given] = positionals;
  if (values.help) return { name: 'help' };
  if (values.consumer !== undefined && name !== 'retry-parked') {
    throw misuse('--consumer is for retry-parked.');
  }
  switch (name) {
    case 'parked': {
      const [subgraph] = exactly(given, 0, 1);
      return { name, subgraph: subgraph === undefined ? null : subgraphOf(subgraph) };
    }
    case 'retry-parked': {
      const [subgraph = ''] = exactly(given, 1);
      return { name, subgraph: subgraphOf(subgraph), consumer: values.consumer ?? null };
    }
    case 'rotate-keys':
      exactly(given, 0);
      return { name };
    case 'grant-role':
    case 'revoke-role': {
      const [handle = '', role = ''] = exactly(given, 2);
      if (ROLES.includes(role)) return { name, handle, role };
      throw misuse(`There is no role "${role}", only ${ROLES.join(', ')}.`);
    }
    case 'end-sessions': {
      const [handle = ''] = exactly(given, 1);
      return { name, handle };
    }
    default:
      throw misuse(name === undefined ? 'Name a command.' : `There is no command "${name}".`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false }, consumer: { type: 'string' } },
    });
  } catch (error) {
    throw misuse((error as Error).message);
  }
}

function exactly(given: readonly string[], least: number, most = least): readonly string[] {
  if (given.length >= least && given.length <= most) return given;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  throw misuse(`The command takes ${wanted} arguments, not ${given.length}.`);
}

function subgraphOf(text: string): SubgraphName {
  const found = subgraphNames.find((name) => name === text);
  if (found) return found;
  throw misuse(`There is no subgraph "${text}", only ${subgraphNames.join(', ')}.`);
}

function misuse(message: string): LocalStartError {
  return new LocalStartError(`${message} See: npm run operator -- --help`);
}
