// Runs on whatever Node a machine has, before anything is installed: no dependencies, old syntax.
// Brings the dependencies (among them the pinned Node) and, for tests, a Redis server.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
// As a whole: an old Node lacks some of it, and must live long enough to be told that it is old.
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules/.cache/civitas-install');
const forTest = process.argv.includes('--for-test');

/** Dependencies unpack to about 1.1 GB; the database and the logs need some more. */
const NEEDED_BYTES = 2 * 1024 ** 3;
const OLDEST_NODE = 20;

function fail(line) {
  console.error(`civitas: ${line}`);
  process.exit(1);
}

function run(command, args, options) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Node ${process.versions.node} is too old; install Node ${OLDEST_NODE} or newer.`);
}

const lockfile = createHash('sha256').update(fs.readFileSync(join(root, 'package-lock.json')));
const wanted = `${lockfile.digest('hex')} ${process.platform} ${process.arch}`;
const installed = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted;

if (!installed) {
  const { bavail, bsize } = fs.statfsSync(root);
  if (bavail * bsize < NEEDED_BYTES) {
    fail(
      `${Math.round((bavail * bsize) / 1024 ** 2)} MB of disk left, ${NEEDED_BYTES / 1024 ** 2} MB needed.`,
    );
  }
  const startedAt = Date.now();
  process.stdout.write('  installing dependencies … ');
  // Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms, which
  // a registry may not have. This installs what is locked just the same, and mends a broken tree.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { env: { ...process.env, npm_config_engine_strict: 'false' } };
  const answer = npm ? run(process.execPath, [npm, ...args], options) : run('npm', args, options);
  if (answer.status !== 0) {
    console.error(`\n${answer.stdout || ''}${answer.stderr || ''}`);
    fail('npm could not install the dependencies; the lines above say why.');
  }
  fs.mkdirSync(dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, wanted);
  console.log(`${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

if (forTest) provideRedis();

generateCode();

/** Quick when nothing has changed, so it is said only when it was not. */
function generateCode() {
  const startedAt = Date.now();
  const bin = join(root, 'node_modules/.bin');
  const codegen = run(join(bin, 'node'), ['tools/codegen.ts'], {
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  if (codegen.status !== 0) {
    console.error(`${codegen.stdout}${codegen.stderr}`);
    fail('the code generator failed; the lines above say why.');
  }
  const seconds = (Date.now() - startedAt) / 1000;
  if (seconds > 2) console.log(`  generating code … ${seconds.toFixed(1)} s`);
}

/** The many-process shape is tested against a real Redis. */
function provideRedis() {
  if (run('redis-server', ['--version']).status === 0) return;
  const manual =
    'install redis-server (Debian: `apt-get install redis-server`; macOS: `brew install redis`)';
  const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
  if (run('apt-get', ['--version']).status !== 0 || !isRoot) {
    fail(`the tests need a Redis server: ${manual}.`);
  }
  console.log('  installing redis-server with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  const installedRedis = run('apt-get', ['install', '-y', '-qq', 'redis-server'], { env });
  if (installedRedis.status !== 0) {
    console.error(installedRedis.stderr);
    fail(`apt-get could not install it: ${manual}.`);
  }
}
