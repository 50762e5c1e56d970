import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { INEXACT_MATH } from '../../cli/poison.js';

// The snippets exist in memory only, so that no TypeScript project knows them: rules that need types are switched off here.
const eslint = new ESLint({
  overrideConfig: [
    { languageOptions: { parserOptions: { projectService: false } } },
    tseslint.configs.disableTypeChecked,
  ],
});

async function rulesBroken(path: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path });
  const messages = result!.messages.filter(({ severity }) => severity === 2);
  const parsing = messages.find(({ fatal }) => fatal);
  if (parsing !== undefined) throw new Error(`${path}: ${parsing.message}`);
  return messages.map(({ ruleId }) => ruleId!).filter((rule) => rule !== '@typescript-eslint/no-unused-vars');
}

type Case = readonly [rule: string, path: string, breaks: string, keeps: string];

const sandbox = ['engine/x.ts', 'protocols/raft/x.ts', 'checkers/x.ts', 'scenarios/x.ts', 'fuzz/x.ts'];
const everywhere = (rule: string, breaks: string, keeps: string): Case[] =>
  sandbox.map((path) => [rule, path, breaks, keeps] as const);

const globals = [
  ...['Date.now()', 'performance.now()', 'crypto.randomUUID()', 'globalThis.x', 'process.pid', 'new Intl.Collator()'],
  ...['setTimeout(f, 1)', 'setInterval(f, 1)', 'setImmediate(f)', 'queueMicrotask(f)', 'fetch("")', 'eval("1")'],
  ...['new WeakRef({})', 'new FinalizationRegistry(f)', 'new SharedArrayBuffer(1)', 'console.log(1)', 'window.x'],
];
const exact = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'];
const locale = ['a.localeCompare(b)', 'n.toLocaleString()', 's.toLocaleUpperCase()', 's.toLocaleLowerCase()'];

const chance: Case[] = [
  ...everywhere('no-restricted-globals', 'export const x = Date.now();', 'export const x = node.monotonic();'),
  ...globals.map((use): Case => [
    'no-restricted-globals',
    'engine/x.ts',
    `export const x = ${use};`,
    'export const x = 1;',
  ]),
  ...everywhere('no-restricted-properties', 'export const x = Math.random();', 'export const x = random.unit("x");'),
  ...INEXACT_MATH.map((name): Case => {
    const kept = `export const x = ${exact.map((one) => `Math.${one}(1)`).join(' + ')};`;
    return ['no-restricted-properties', 'protocols/raft/x.ts', `export const x = Math.${name}(1);`, kept];
  }),
  [
    'no-restricted-properties',
    'engine/x.ts',
    'export const { random } = { ...Math, ...{} }, { log } = Math;',
    'export const { max } = box;',
  ],
  ...locale.map((use): Case => [
    'no-restricted-properties',
    'checkers/x.ts',
    `export const x = ${use};`,
    'export const x = a < b;',
  ]),
  ...everywhere('no-restricted-syntax', 'export const x = 2 ** 3;', 'export const x = 2 * 2 * 2;'),
  ['no-restricted-syntax', 'engine/x.ts', 'let x = 2; x **= 3;', 'export let x = 2; x *= 3;'],
  ...everywhere(
    'no-restricted-syntax',
    'export const x = list.sort();',
    'export const x = list.sort((a, b) => a - b);',
  ),
  ['no-restricted-syntax', 'fuzz/x.ts', 'export const x = list.toSorted();', 'export const x = list.toSorted(byTime);'],
  ['no-restricted-syntax', 'engine/x.ts', 'export const M = Math;', 'export const m = Math.max(1, 2);'],
  ['no-restricted-syntax', 'engine/x.ts', 'export const x = Math[name](2);', 'export const x = table[name](2);'],
  ['no-restricted-syntax', 'engine/x.ts', 'export const x = import.meta.url;', 'export const x = file;'],
];

const waiting: Case[] = ['engine/x.ts', 'protocols/raft/x.ts'].flatMap((path): Case[] => [
  ['no-restricted-syntax', path, 'export async function f() {}', 'export function f() {}'],
  ['no-restricted-syntax', path, 'export const f = async () => {};', 'export const f = () => {};'],
  ['no-restricted-syntax', path, 'export const x = await y;', 'export const x = y;'],
  ['no-restricted-syntax', path, 'export const x = Promise.resolve(1);', 'export const x = 1;'],
]);

const named: Case[] = [...sandbox, 'cli/x.ts', 'visualizer/view/x.tsx', 'tests/x.test.ts', 'bench/x.ts'].flatMap(
  (path): Case[] => [
    ['no-restricted-syntax', path, 'export default 4;', 'export const four = 4;'],
    ['no-restricted-syntax', path, 'const four = 4; export { four as default };', 'const four = 4; export { four };'],
  ],
);

const imports: Case[] = [
  ...everywhere('walls/room-imports', `import fs from 'node:fs';`, `import { x } from './y.js';`),
  ...everywhere('walls/room-imports', `import { x } from 'splitbrain';`, `import { x } from './y.js';`),
  ...everywhere('walls/room-imports', `export const x = import('./y.js');`, `export { x } from './y.js';`),
  ...everywhere('walls/room-imports', `import { chunk } from 'lodash';`, `import { x } from './y.js';`),
  ['walls/room-imports', 'visualizer/x.ts', `import fs from 'node:fs';`, `import { x } from '../engine/index.js';`],
  ['walls/room-imports', 'cli/x.ts', `import { x } from 'splitbrain/checkers';`, `import fs from 'node:fs';`],
  ['walls/room-imports', 'engine/x.ts', `import { x } from 'yaml';`, `import { produce } from 'immer';`],
  [
    'walls/room-imports',
    'engine/x.ts',
    `import { x } from '../checkers/index.js';`,
    `import { x } from './trace/log.js';`,
  ],
  ['walls/room-imports', 'engine/x.ts', `export * from '../protocols/raft/protocol.js';`, `export * from './time.js';`],
  ['walls/room-imports', 'engine/x.ts', `export type X = import('../fuzz/x.js').X;`, `export type X = number;`],
  [
    'walls/room-imports',
    'engine/trace/x.ts',
    `import { x } from '../../fuzz/x.js';`,
    `import { x } from '../time.js';`,
  ],
  [
    'walls/room-imports',
    'protocols/raft/x.ts',
    `import { x } from '../zab/x.js';`,
    `import { x } from '../parts/ring.js';`,
  ],
  [
    'walls/room-imports',
    'protocols/raft/x.ts',
    `import type { X } from '../zab/x.js';`,
    `import { x } from './log.js';`,
  ],
  ['walls/room-imports', 'protocols/parts/x.ts', `import { x } from '../raft/x.js';`, `import { x } from './ring.js';`],
  [
    'walls/room-imports',
    'protocols/raft/x.ts',
    `import { x } from '../../checkers/index.js';`,
    `import { x } from '../../engine/index.js';`,
  ],
  [
    'walls/room-imports',
    'protocols/raft/x.ts',
    `import { x } from '../../engine/time.js';`,
    `import { x } from '../../engine/index.js';`,
  ],
  [
    'walls/room-imports',
    'protocols/raft/engine/x.ts',
    `import { x } from '../../../engine/time.js';`,
    `import { x } from '../engine/y.js';`,
  ],
  [
    'walls/room-imports',
    'checkers/x.ts',
    `import { x } from '../engine/history.js';`,
    `import type { X } from '../engine/history.js';`,
  ],
  [
    'walls/room-imports',
    'checkers/x.ts',
    `import { type X, y } from '../engine/history.js';`,
    `import { type X } from '../engine/history.js';`,
  ],
  [
    'walls/room-imports',
    'checkers/x.ts',
    `import type { X } from '../protocols/raft/protocol.js';`,
    `import { x } from './values.js';`,
  ],
  [
    'walls/room-imports',
    'scenarios/x.ts',
    `import { x } from '../fuzz/index.js';`,
    `import { raft } from '../protocols/raft/protocol.js';`,
  ],
  [
    'walls/room-imports',
    'scenarios/x.ts',
    `import { x } from '../cli/main.js';`,
    `import { x } from '../checkers/index.js';`,
  ],
  [
    'walls/room-imports',
    'fuzz/x.ts',
    `import { x } from '../visualizer/x.js';`,
    `import { x } from '../scenarios/index.js';`,
  ],
  ['walls/room-imports', 'fuzz/x.ts', `import { x } from '../tests/x.js';`, `import { x } from '../engine/index.js';`],
  [
    'walls/room-imports',
    'cli/x.ts',
    `import { x } from '../bench/x.js';`,
    `import { x } from '../visualizer/embed/embed-run.js';`,
  ],
  [
    'walls/room-imports',
    'cli/x.ts',
    `import { x } from '../visualizer/view/x.js';`,
    `import { x } from '../fuzz/index.js';`,
  ],
  [
    'walls/room-imports',
    'visualizer/x.ts',
    `import { x } from '../cli/main.js';`,
    `import { signal } from '@preact/signals';`,
  ],
];

describe.each([
  ['chance and place', chance],
  ['waiting', waiting],
  ['names of exports', named],
  ['who imports whom', imports],
])('%s', (_name, cases) => {
  it.each(cases)('%s in %s: %s', async (rule, path, breaks, keeps) => {
    expect(await rulesBroken(path, breaks)).toContain(rule);
    expect(await rulesBroken(path, keeps)).toEqual([]);
  });
});

it('lets tests and benchmarks import anything and read the clock', async () => {
  const code = `import fs from 'node:fs'; import { x } from '../engine/kernel.js'; export const y = [fs, x, Date.now(), 2 ** 3];`;
  expect(await rulesBroken('tests/x.test.ts', code)).toEqual([]);
  expect(await rulesBroken('bench/x.ts', code)).toEqual([]);
});

it('asks for an answer to every promise where promises are', async () => {
  const { rules } = await eslint.calculateConfigForFile('cli/main.ts');
  // Switched off for these snippets only, and known to the set-up: a misspelt name would be missing here.
  expect(Object.keys(rules)).toEqual(
    expect.arrayContaining([
      '@typescript-eslint/no-floating-promises',
      '@typescript-eslint/no-misused-promises',
      '@typescript-eslint/await-thenable',
      '@typescript-eslint/switch-exhaustiveness-check',
    ]),
  );
});
