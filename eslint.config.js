// The walls of the house (docs/architecture.md). tests/tidy/ breaks each of them once, to see that it stands.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = path.dirname(fileURLToPath(import.meta.url));
const sandbox = ['engine', 'protocols', 'checkers', 'scenarios', 'fuzz'];

/**
 * What each room may import: other rooms, a part of one (`visualizer/embed`), types only (`{ types: … }`), and packages.
 * @type {Record<string, { rooms: string[], types?: string[], packages: string[], node?: boolean }>}
 */
const mayImport = {
  engine: { rooms: [], packages: ['seedrandom/lib/alea.js', 'immer'] },
  protocols: { rooms: ['engine'], packages: [] },
  checkers: { rooms: [], types: ['engine'], packages: [] },
  scenarios: { rooms: ['engine', 'protocols', 'checkers'], packages: ['zod', 'yaml'] },
  fuzz: { rooms: ['engine', 'protocols', 'checkers', 'scenarios'], packages: [] },
  'visualizer/embed': { rooms: ['engine'], packages: [] },
  visualizer: {
    rooms: [...sandbox, 'visualizer/embed'],
    packages: ['preact', 'preact/hooks', 'preact/jsx-runtime', '@preact/signals'],
  },
  cli: { rooms: [...sandbox, 'visualizer/embed'], packages: ['commander', 'jiti', 'yaml', 'zod'], node: true },
};

const message = {
  type: 'problem',
  schema: [],
  messages: {
    ourselves: "Import our own files by a relative path, not by the package's name.",
    room: '{{ from }} may not import {{ to }} (docs/architecture.md says who imports whom).',
    typesOnly: '{{ from }} may import types from {{ to }}, and nothing that runs: `import type { … }`.',
    protocol: 'A protocol imports no other protocol: what several share lives in protocols/parts/.',
    door: "Protocols import the engine by its door, '../../engine/index.js', so that a user can write one too.",
    node: 'node:* exists only where the command lives (cli): the rest runs in a browser as well.',
    package: '{{ from }} may not import the package {{ to }}; the list is in eslint.config.js.',
    dynamic: 'No dynamic import here: what runs in a simulation is known before it starts.',
  },
};

/** Who imports whom, judged on resolved paths: a pattern on the written path cannot tell engine/ from protocols/x/engine/. */
const roomImports = {
  meta: message,
  create(context) {
    const file = path.relative(root, context.filename).split(path.sep).join('/');
    const from = roomOf(file);
    if (from === undefined) return {};
    const allowed = mayImport[from];

    function check(node, source, typeOnly) {
      const problem = source.startsWith('.') ? relativeImport(source, typeOnly) : packageImport(source);
      if (problem !== null) context.report({ node, ...problem });
    }

    function relativeImport(source, typeOnly) {
      const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), source));
      const to = roomOf(target) ?? target.split('/')[0];
      if (from === 'protocols' && to === 'engine' && target !== 'engine/index.js') return { messageId: 'door' };
      if (to === from) return from === 'protocols' ? betweenProtocols(target) : null;
      if (allowed.rooms.includes(to)) return null;
      if (!allowed.types?.includes(to)) return { messageId: 'room', data: { from, to } };
      return typeOnly ? null : { messageId: 'typesOnly', data: { from, to } };
    }

    function betweenProtocols(target) {
      const [, here] = file.split('/');
      const [, there] = target.split('/');
      // protocols/index.ts, the list of all of them, is a file and not a folder.
      const isList = file.split('/').length === 2;
      return isList || there === here || there === 'parts' ? null : { messageId: 'protocol' };
    }

    function packageImport(source) {
      if (source === 'splitbrain' || source.startsWith('splitbrain/')) return { messageId: 'ourselves' };
      if (source.startsWith('node:')) return allowed.node ? null : { messageId: 'node' };
      return allowed.packages.includes(source) ? null : { messageId: 'package', data: { from, to: source } };
    }

    const declared = (node) => {
      if (node.source) check(node, node.source.value, isTypeOnly(node));
    };
    return {
      ImportDeclaration: declared,
      ExportNamedDeclaration: declared,
      ExportAllDeclaration: declared,
      TSImportType: (node) => check(node, node.source.value, true),
      ImportExpression(node) {
        if (!allowed.node && from !== 'visualizer') context.report({ node, messageId: 'dynamic' });
        else if (node.source.type === 'Literal') check(node, String(node.source.value), false);
      },
    };
  },
};

function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
}

/** The innermost room that holds this file, or nothing for tests, bench and tool configuration. */
function roomOf(file) {
  if (/(^|\/)(vite|vitest|eslint)\.config\.[jt]s$/.test(file)) return undefined;
  return Object.keys(mayImport).find((room) => file.startsWith(`${room}/`));
}

// What ECMAScript leaves to the engine: only + − × ÷ √ and the integer functions are exact everywhere.
const inexactMath = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'cos', 'cosh', 'exp', 'expm1'],
  ...['hypot', 'log', 'log10', 'log1p', 'log2', 'pow', 'sin', 'sinh', 'sumPrecise', 'tan', 'tanh'],
];

const ambient = [
  ...[
    'Date',
    'performance',
    'Temporal',
    'crypto',
    'globalThis',
    'global',
    'window',
    'self',
    'document',
    'navigator',
    'process',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'],
  ...['requestAnimationFrame', 'requestIdleCallback', 'fetch', 'Intl', 'eval', 'Function', 'Buffer', 'console'],
  // The garbage collector and other threads keep no schedule that could be replayed.
  ...['WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics'],
];

const localeMethods = [
  ...[
    'localeCompare',
    'toLocaleString',
    'toLocaleDateString',
    'toLocaleTimeString',
    'toLocaleLowerCase',
    'toLocaleUpperCase',
  ],
];

const sandboxSyntax = [
  {
    selector: ':matches(BinaryExpression[operator="**"], AssignmentExpression[operator="**="])',
    message: 'Powers differ between JavaScript engines: multiply, or use engine/math.ts.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(sort|toSorted)$/][arguments.length=0]',
    message: 'Sort with a comparator: the default compares as strings.',
  },
  {
    selector: ':not(MemberExpression) > Identifier[name="Math"], MemberExpression[computed=true][object.name="Math"]',
    message: 'Name the function of Math that you use, so that lint can see it.',
  },
  { selector: 'MetaProperty[meta.name="import"]', message: 'import.meta differs from place to place.' },
];

const noAsync = [
  {
    selector: ':function[async=true], AwaitExpression, ForOfStatement[await=true]',
    message: 'Nothing waits inside a simulation: send, set a timer, and go on in the handler that answers.',
  },
  { selector: 'Identifier[name="Promise"]', message: 'Promises resolve on a schedule that is not ours.' },
];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Export by name.',
};

/** Restrictions do not add up in ESLint: the last one given to a file wins, so each room gets its whole list. */
function syntax(...restrictions) {
  return { 'no-restricted-syntax': ['error', noDefaultExport, ...restrictions] };
}

const common = {
  eqeqeq: 'error',
  'no-cond-assign': 'error',
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-control-regex': 'error',
  'no-fallthrough': 'error',
  'no-unreachable-loop': 'error',
  'no-useless-escape': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.splitbrain/', 'tests/fixtures/', 'tests/types/cases/', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { walls: { rules: { 'room-imports': roomImports } } },
    rules: {
      'walls/room-imports': 'error',
      ...syntax(),
      ...common,
      'object-shorthand': 'error',
      'no-implicit-coercion': ['error', { boolean: false }],
      'max-lines-per-function': ['warn', { max: 70, skipBlankLines: true, skipComments: true }],
      // `{}` is how a shape says "nothing in it".
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: sandbox.map((room) => `${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': [
        'error',
        ...ambient.map((name) => ({ name, message: 'It does not exist in a simulation.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Draw a labelled choice instead.' },
        ...inexactMath.map((property) => ({
          object: 'Math',
          property,
          message: 'Its last bits differ between JavaScript engines: use engine/math.ts.',
        })),
        ...localeMethods.map((property) => ({ property, message: 'It depends on where the run takes place.' })),
      ],
      ...syntax(...sandboxSyntax),
    },
  },
  {
    files: ['engine/**/*.ts', 'protocols/**/*.ts'],
    rules: syntax(...sandboxSyntax, ...noAsync),
  },
  {
    // Numbered lists of cases are long and flat.
    files: ['tests/**/*.{ts,tsx}'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // What a tool loads by its default export.
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.recommended],
    rules: common,
  },
);
