import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

/** Installs what package-lock.json names, unless it is there. */
export async function install() {
  // What npm leaves behind after an installation.
  const installed = 'node_modules/.package-lock.json';
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
    await run('npm', 'ci', '--no-audit', '--no-fund');
  }
}

export function node(...args) {
  return run(process.execPath, ...args);
}

const running = new Set();

process.on('exit', () => running.forEach((child) => child.kill()));

/** Runs a command. Says nothing unless it fails; then this process ends, and what it runs besides. */
function run(command, ...args) {
  const options = {
    maxBuffer: 64 * 1024 * 1024,
    // On Windows npm is a script of the shell.
    shell: command === 'npm' && process.platform === 'win32',
  };
  return new Promise((resolve) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      running.delete(child);
      if (error) {
        console.error(`${[command, ...args].join(' ')}\n${stdout}${stderr}${stdout || stderr ? '' : error}`);
        process.exit(1);
      }
      resolve();
    });
    running.add(child);
  });
}

/** Writes one report for each test file, as Maven has them. */
export function report(file, directory) {
  mkdirSync(directory, { recursive: true });
  for (const [suite, name] of readFileSync(file, 'utf8').matchAll(/<testsuite name="([^"]*)"[^]*?<\/testsuite>/g)) {
    const test = name.split('/').pop().replace(/\.test\.tsx?$/, '');
    writeFileSync(`${directory}/TEST-realtime-client.${test}.xml`, `<?xml version="1.0" encoding="UTF-8"?>\n${suite}\n`);
  }
}
