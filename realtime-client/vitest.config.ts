import { defineConfig } from 'vitest/config';

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  test: {
    include: ['src/test/ts/**/*.test.{ts,tsx}'],
    exclude: ['src/test/ts/server/**'],
    // Machines that build are busy.
    testTimeout: 60_000,
    minWorkers: 1,
    maxWorkers: 2,
    reporters: ['default', 'junit'],
    outputFile: { junit: 'target/vitest.xml' },
  },
});
