import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as index from '../../main/ts/index.js';
import * as react from '../../main/ts/react.js';
import * as vue from '../../main/ts/vue.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const PAGES = ['calls.md', 'client-events.md', 'client.md', 'presence.md', 'stompjs.md', 'users.md'];

const OPTIONS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  // The examples are JavaScript.
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
};

/** What is the application's own or comes from elsewhere, and what is not known of the data of messages. */
const FOREIGN = [/^Cannot find (name|module)/, /^No value exists in scope/, /is of type 'unknown'/, /'unknown' is not assignable/, /is possibly '(null|undefined)'/, /does not exist on type '\{\}'/];

/** The examples of the pages, each a file; `…` stands for anything. */
function examples(isWanted: (section: string) => boolean): Map<string, string> {
  const files = new Map<string, string>();
  for (const page of PAGES) {
    const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
    for (const match of text.matchAll(/^```jsx?\n([^]*?)^```/gm)) {
      const before = text.slice(0, match.index);
      const section = before.split('\n## ').at(-1)?.split('\n')[0] ?? '';
      if (isWanted(section)) {
        files.set(`${HERE}${page}-${before.split('\n').length + 1}.tsx`, (match[1] ?? '').replaceAll('…', 'undefined!'));
      }
    }
  }
  return files;
}

/** What the examples take as imported, and a connection. */
function globals(modules: Readonly<Record<string, object>>): string {
  const values = Object.entries(modules).flatMap(([module, exported]) =>
    Object.keys(exported).map((name) => `const ${name}: typeof import('../../main/ts/${module}.js').${name};`),
  );
  return `declare global { const realtime: import('../../main/ts/index.js').Realtime; ${values.join('\n')} } export {};`;
}

function problems(files: Map<string, string>): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return [...files].flatMap(([name, text]) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .map(({ messageText, start = 0 }) => [ts.flattenDiagnosticMessageText(messageText, ' '), start] as const)
      .filter(([message]) => !FOREIGN.some((foreign) => foreign.test(message)))
      .map(([message, start]) => `${name.slice(HERE.length, -4)}: ${message} at: ${text.slice(start, start + 40)}`);
  });
}

test.each([
  ['Vue', { index, vue }, (section: string) => section === 'Vue'],
  ['all others', { index, react }, (section: string) => section !== 'Vue'],
])('the examples in the documentation fit to the code: %s', (_, modules, isWanted) => {
  const files = examples(isWanted);
  expect(files.size).toBeGreaterThan(0);
  expect(problems(files.set(`${HERE}globals.d.ts`, globals(modules)))).toEqual([]);
});
