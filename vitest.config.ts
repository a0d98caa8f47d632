import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,gateway,packages,subgraphs,tools}/**/*.test.ts'],
    // Whole-graph tests start processes; a unit test that needs this long is broken anyway.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { APOLLO_TELEMETRY_DISABLED: 'true' },
  },
});
