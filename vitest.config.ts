import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Node loads graphql's CommonJS build, as Apollo's packages do; Vite would load the ESM build for
  // our sources, and graphql refuses types of another copy of itself.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{apps,gateway,packages,subgraphs,tools}/**/*.test.ts'],
    // Whole-graph tests start processes; a unit test that needs this long is broken anyway.
    testTimeout: 60_000,
    // The files of a worker share its modules: each would load a thousand of them again, for more
    // than a second. So modules keep no state that a test could leave behind.
    isolate: false,
    // Half of a test's time is waiting for a process, a socket or a disk.
    maxWorkers: '100%',
    hookTimeout: 90_000,
    globalSetup: ['packages/testkit/src/database/global-setup.ts'],
    env: {
      APOLLO_TELEMETRY_DISABLED: 'true',
      // For the processes that tests start.
      NODE_COMPILE_CACHE: 'node_modules/.cache/compiled',
    },
  },
});
