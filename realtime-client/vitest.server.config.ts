import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/test/ts/server/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file starts two nodes.
    fileParallelism: false,
    reporters: ['default', 'junit'],
    outputFile: { junit: 'target/vitest-server.xml' },
  },
});
