import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

/** Installs what package-lock.json names, unless it is there. */
export function install() {
  // What npm leaves behind after an installation.
  const installed = 'node_modules/.package-lock.json';
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
    run('npm', 'ci', '--no-audit', '--no-fund');
  }
}

export function node(...args) {
  run(process.execPath, ...args);
}

/** Runs a command. Says nothing unless it fails; then this process ends. */
function run(command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // On Windows npm is a script of the shell.
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`${[command, ...args].join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
    process.exit(status ?? 1);
  }
}

/** Writes one report for each test file, as Maven has them. */
export function report(file, directory) {
  mkdirSync(directory, { recursive: true });
  for (const [suite, name] of readFileSync(file, 'utf8').matchAll(/<testsuite name="([^"]*)"[^]*?<\/testsuite>/g)) {
    const test = name.split('/').pop().replace(/\.test\.tsx?$/, '');
    writeFileSync(`${directory}/TEST-realtime-client.${test}.xml`, `<?xml version="1.0" encoding="UTF-8"?>\n${suite}\n`);
  }
}
