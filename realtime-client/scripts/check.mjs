/* What Maven runs: everything that has to pass. Says nothing unless something fails. */

import { install, node, report } from './tools.mjs';

install();
node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json');
node('scripts/build.mjs', '--check', '--package');
node('node_modules/publint/src/cli.js', 'target/npm', '--strict');
// Packs it first, as npm would.
node('node_modules/@arethetypeswrong/cli/dist/index.js', '--pack', 'target/npm', '--profile', 'esm-only');
node('node_modules/vitest/vitest.mjs', 'run');
report('target/vitest.xml', 'target/surefire-reports');
