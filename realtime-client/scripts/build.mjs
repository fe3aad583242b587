/*
 * Builds the module that the starter serves, and with --package the npm package in target/npm. With --check the module
 * is not written but compared with the one under version control.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const SERVED = 'src/main/resources/dev/realtime/client';

/** What the module may weigh, compressed. */
const BUDGET = 20 * 1024;

const { outputFiles } = await build({
  entryPoints: { client: 'src/main/ts/served.ts' },
  outdir: SERVED,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: 'linked',
  legalComments: 'none',
  banner: { js: '/*! Realtime for Spring Boot, with stomp.js; both Apache License 2.0 */' },
  write: false,
});

const module = outputFiles.find(({ path }) => path.endsWith('.js'));
const size = gzipSync(module.contents, { level: 9 }).length;
if (size > BUDGET) {
  fail(`client.js has ${size} bytes compressed, and may have ${BUDGET}`);
}

mkdirSync(SERVED, { recursive: true });
for (const { path, text } of outputFiles) {
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
  }
  else if (readFileSync(path, 'utf8') !== text) {
    fail(`${path} is not what the sources make: run "npm run build" in realtime-client and commit it`);
  }
}
console.log(`client.js: ${size} bytes compressed`);

if (process.argv.includes('--package')) {
  rmSync('target/npm', { recursive: true, force: true });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], { stdio: 'inherit' });
  rmSync('target/npm/dist/served.js', { force: true });
  rmSync('target/npm/dist/served.js.map', { force: true });
  rmSync('target/npm/dist/served.d.ts', { force: true });
  const { devDependencies, overrides, scripts, ...published } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync('target/npm/package.json', `${JSON.stringify(published, null, 2)}\n`);
  cpSync('README.md', 'target/npm/README.md');
  cpSync('../LICENSE', 'target/npm/LICENSE');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
