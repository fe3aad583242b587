import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/test/ts/server/**/*.test.ts'],
    globalSetup: 'src/test/ts/server/shared-nodes.ts',
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    // They mostly wait, and not for each other.
    minWorkers: 4,
    maxWorkers: 4,
    maxConcurrency: 16,
    reporters: ['default', 'junit'],
    outputFile: { junit: 'target/vitest-server.xml' },
  },
});
