import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';

// What scripts/build.mjs --package made.
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const PACKAGE = `${ROOT}target/npm`;

const CONSUMER = `${ROOT}target/consumer`;

interface Manifest {
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly dependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(`${PACKAGE}/package.json`, 'utf8')) as Manifest;

const files = (
  JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: PACKAGE, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [
    { files: { path: string }[] },
  ]
)[0].files.map(({ path }) => path);

test('the package has the modules with types and source maps, and nothing else', () => {
  const modules = files.filter((path) => path.endsWith('.js'));
  expect(modules).toContain('dist/index.js');
  const expected = modules.flatMap((path) => [path, `${path}.map`, path.replace('.js', '.d.ts')]);
  expect(files.sort()).toEqual(['LICENSE', 'README.md', 'package.json', ...expected].sort());
  expect(manifest).not.toHaveProperty('devDependencies');
  expect(manifest).not.toHaveProperty('scripts');
  expect(Object.keys(manifest.dependencies)).toEqual(['@stomp/stompjs']);
});

test('every export is there', () => {
  expect(Object.keys(manifest.exports)).toEqual(['.', './react', './vue', './echo', './package.json']);
  for (const target of Object.values(manifest.exports)) {
    for (const path of typeof target === 'string' ? [target] : [target.types, target.default]) {
      expect(files).toContain(path.slice(2));
    }
  }
});

test('what is not used is not in a bundle', async () => {
  const { outputFiles } = await build({
    stdin: { contents: `import { CLOSE_CODES } from './dist/index.js'; console.log(CLOSE_CODES);`, resolveDir: PACKAGE },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(1_000);
});

describe('a project that uses it', () => {
  beforeAll(() => {
    rmSync(CONSUMER, { recursive: true, force: true });
    mkdirSync(`${CONSUMER}/node_modules`, { recursive: true });
    symlinkSync(PACKAGE, `${CONSUMER}/node_modules/realtime-client`, 'junction');
    writeFileSync(`${CONSUMER}/package.json`, '{ "type": "module" }');
    writeFileSync(
      `${CONSUMER}/index.ts`,
      `import { connect, type PresenceMember, type Subscription } from 'realtime-client';
      import { RealtimeConnector } from 'realtime-client/echo';
      import { useCall, usePresence, useTopic } from 'realtime-client/react';
      import { realtimePlugin, usePresence as usePresenceOfVue } from 'realtime-client/vue';
      const subscription: Subscription<{ id: number }> = connect({ url: 'wss://example.org/realtime' }).subscribe('topic');
      export const member: PresenceMember | undefined = subscription.presence.members[0];
      export const all = [subscription, RealtimeConnector, useCall, usePresence, useTopic, realtimePlugin, usePresenceOfVue];`,
    );
  });

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('finds the types with module %s and resolution %s', async (module, moduleResolution) => {
    const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib: ['es2023', 'dom', 'esnext.disposable'], types: [], module, moduleResolution };
    writeFileSync(`${CONSUMER}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['index.ts'] }));
    // Not in this thread, which has to tell vitest now and then that it is alive.
    const tsc = promisify(execFile)(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`], { cwd: CONSUMER });
    expect((await tsc.catch((error: { stdout: string }) => error)).stdout).toBe('');
  }, 240_000);
});
