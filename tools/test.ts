import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Everything that CI runs: the checks, then the tests. The last line counts both, the checks as
 * one; with arguments (paths, `-t name`, …) only vitest runs, with these.
 */
const REPORT = 'node_modules/.cache/civitas-test-report.json';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const only = process.argv.slice(2);
let passed = 0;
let failed = 0;

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

if (only.length === 0) {
  if (run('npm', ['run', '--silent', 'check'])) passed += 1;
  else failed += 1;
}

mkdirSync('node_modules/.cache', { recursive: true });
rmSync(REPORT, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const succeeded = run('vitest', ['run', ...reporters, ...only]);

if (existsSync(REPORT)) {
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
  passed += report.numPassedTests;
  // A file that does not even load has no failed test; a skipped test is a defect here.
  failed += report.numFailedTests + report.numPendingTests;
  if (!succeeded && report.numFailedTests === 0) failed += Math.max(1, report.numFailedTestSuites);
} else {
  failed += 1;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
