import { createOperator, type IdentityOperator, UnreadableKeyError } from '@civitas/identity';
import { UserFailure } from '@civitas/platform/errors';
import type { Logger } from '@civitas/platform/telemetry';
import type { DatabaseUrls } from '../databases.ts';
import { LocalStartError } from '../local-start-error.ts';
import { subgraphNames } from '../subgraph-names.ts';
import { type Command, HELP } from './arguments.ts';
import { listParked } from './parked.ts';

export interface OperatorOptions {
  readonly urls: DatabaseUrls;
  /** Of the graph's many processes; undefined for one process. */
  readonly redisUrl: string | undefined;
  /** Identity's; asked for when it is needed. */
  readonly encryptionSecret: () => Promise<string>;
  readonly log: Logger;
}

/**
 * Does one command.
 *
 * @returns what to say, line by line.
 * @throws LocalStartError with one line when it could not be done.
 */
export async function runCommand(
  command: Command,
  options: OperatorOptions,
): Promise<readonly string[]> {
  switch (command.name) {
    case 'help':
      return [HELP];
    case 'parked':
      return listParked(options.urls, command.subgraph ? [command.subgraph] : subgraphNames);
    case 'retry-parked': {
      // The only one that needs whole subgraphs.
      const { retryParked } = await import('./retry-parked.ts');
      return told(() => retryParked({ ...command, ...options }));
    }
    default: {
      const identity = createOperator({ databaseUrl: options.urls.identity });
      return told(() => onIdentity(command, identity, options)).finally(() => identity.stop());
    }
  }
}

async function onIdentity(
  command: Exclude<Command, { readonly name: 'help' | 'parked' | 'retry-parked' }>,
  identity: IdentityOperator,
  { encryptionSecret }: OperatorOptions,
): Promise<readonly string[]> {
  switch (command.name) {
    case 'grant-role': {
      const { handle, role } = command;
      const { roles, isNew } = await identity.grantRole(handle, role);
      return [`${handle} ${isNew ? 'now has' : 'had'} the role ${role} (${roles.join(', ')})`];
    }
    case 'revoke-role': {
      const { handle, role } = command;
      const { roles, wasHeld } = await identity.revokeRole(handle, role);
      const left = roles.join(', ') || 'no role';
      return [`${handle} ${wasHeld ? 'no longer has' : 'did not have'} the role ${role} (${left})`];
    }
    case 'end-sessions':
      return [`${command.handle}: ${await identity.endSessions(command.handle)} sessions ended`];
    default: {
      const key = await identity.rotateKeys(await encryptionSecret());
      if (!key) throw new LocalStartError('There is no key yet: identity makes it when it starts.');
      const { id, signsFrom, isNew } = key;
      return [
        `${id} ${isNew ? 'was made' : 'waits already'}; it signs from ${signsFrom.toISOString()}`,
      ];
    }
  }
}

/** What a person can mend comes as one line. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserFailure || error instanceof UnreadableKeyError)) throw error;
    throw new LocalStartError(error.message, { cause: error });
  }
}
