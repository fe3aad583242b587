/* What Maven runs: everything that has to pass. Says nothing unless something fails. */

import { install, node, report } from './tools.mjs';

async function checkPackage() {
  await node('node_modules/publint/src/cli.js', 'target/npm', '--strict');
  // Packs it first, as npm would.
  await node('node_modules/@arethetypeswrong/cli/dist/index.js', '--pack', 'target/npm', '--profile', 'esm-only');
}

await install();
await node('scripts/build.mjs', '--check', '--package');
await Promise.all([
  node('node_modules/vitest/vitest.mjs', 'run'),
  node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json').then(checkPackage),
]);
report('target/vitest.xml', 'target/surefire-reports');
