import { execFile, type SpawnOptions } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PostgresStartError } from './postgres-start-error.ts';

const run = promisify(execFile);

/**
 * The account Postgres runs as. Postgres refuses to run as root, so root lends itself to another
 * account; anybody else runs it as themselves (`null`).
 */
export type ServerAccount = { readonly uid: number; readonly gid: number } | null;

/**
 * Chooses the account: the owner of an existing data directory, else `postgres`, which is created
 * when the system has none.
 * @throws PostgresStartError `no-account`
 */
export async function chooseAccount(dataDirectory: string): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(dataDirectory).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findAccount('postgres')) ?? createAccount('postgres');
}

async function findAccount(name: string): Promise<ServerAccount> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function createAccount(name: string): Promise<ServerAccount> {
  const shell = ['--shell', '/usr/sbin/nologin'];
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', ...shell, name]);
  } catch (cause) {
    // Two first starts at once: the other one made it.
    const made = await findAccount(name);
    if (made) return made;
    throw new PostgresStartError(
      'no-account',
      `Postgres does not run as root and the account "${name}" could not be created; start as an ordinary user, or create it ("useradd --system ${name}").`,
      { cause },
    );
  }
  return findAccount(name);
}

/** Gives a file or directory to the account; no-op when we run as ourselves. */
export async function giveTo(account: ServerAccount, target: string): Promise<void> {
  if (account) await chown(target, account.uid, account.gid);
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/**
 * The command that runs `file` as the account.
 *
 * A checkout below `/root` (mode 0700) cannot be entered by that account. There `setpriv` leaves the
 * process one capability, to pass through directories; it replaces itself, so the pid is Postgres's.
 * @param reached paths the process must be able to reach.
 */
export async function commandAs(
  account: ServerAccount,
  file: string,
  args: readonly string[],
  reached: readonly string[],
): Promise<Command> {
  // A fixed environment: PGDATA, PGPORT, LC_* of the caller must not change what we start.
  const options = { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
  if (!account) return { file, args, options };
  const reachable = await Promise.all([file, ...reached].map((each) => canReach(account, each)));
  if (reachable.every(Boolean)) return { file, args, options: { ...options, ...account } };
  const capability = await passingCapability();
  const identity = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const kept = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  return { file: 'setpriv', args: [...identity, ...kept, '--', file, ...args], options };
}

async function canReach(account: NonNullable<ServerAccount>, target: string): Promise<boolean> {
  for (let directory = path.dirname(target); ; directory = path.dirname(directory)) {
    const { mode, uid, gid } = await stat(directory);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (directory === path.dirname(directory)) return true;
  }
}

/** The smallest capability we may pass on: containers commonly withhold the first. */
async function passingCapability(): Promise<'dac_read_search' | 'dac_override'> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  // Bit numbers from linux/capability.h: CAP_DAC_OVERRIDE 1, CAP_DAC_READ_SEARCH 2.
  if ((bounding >> 2n) & 1n) return 'dac_read_search';
  if ((bounding >> 1n) & 1n) return 'dac_override';
  throw new PostgresStartError(
    'no-account',
    'Postgres does not run as root and its account may not enter this directory; start as an ordinary user, or move the checkout out of the private directory.',
  );
}
