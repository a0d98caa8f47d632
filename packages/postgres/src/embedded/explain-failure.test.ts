import { expect, test } from 'vitest';
import { explainFailure } from './explain-failure.ts';

test.each([
  ['initdb: error: could not write to file "x": No space left on device', 'no-space'],
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'no-space'],
  ['FATAL:  could not create any TCP/IP sockets', 'port-taken'],
  ['FATAL:  lock file "postmaster.pid" already exists', 'in-use'],
  ['FATAL:  data directory "/d" has wrong ownership', 'not-yours'],
  ['PANIC:  could not locate a valid checkpoint record at 0/1', 'damaged'],
  ['FATAL:  database files are incompatible with server', 'damaged'],
  ['FATAL:  something new', 'failed'],
])('%s is explained in one line', (line, reason) => {
  const error = explainFailure('/d', ['LOG:  starting PostgreSQL', line, 'LOG:  shutting down']);
  expect(error.reason).toBe(reason);
  expect(error.message).not.toContain('\n');
});
