import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as engine from '../../engine/index.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(ROOT, 'docs/engine.md'), 'utf8');
const snippets = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);

/** Runs a snippet; `expression; // => JSON` is compared. */
function compared(code: string): [actual: unknown, expected: unknown][] {
  const pairs: [unknown, unknown][] = [];
  const script = code
    .replace(/^import \{(.*)\} from 'splitbrain';$/gm, 'const {$1} = engine;')
    .replace(/^(\S.*); \/\/ => (.*)$/gm, (_, expression: string, json: string) => `compare(${expression}, ${json});`);
  const compare = (actual: unknown, expected: unknown): unknown => pairs.push([actual, expected]);
  new Function('engine', 'compare', ts.transpile(script, { target: ts.ScriptTarget.ES2023 }))(engine, compare);
  return pairs;
}

/** Compiles all snippets as a user would, strictly. */
function problems(): string[] {
  const options: ts.CompilerOptions = {
    ...{
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: true,
    },
    ...{ target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'], types: [] },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    ...{ paths: { splitbrain: [path.join(ROOT, 'engine/index.ts')] } },
  };
  const files = new Map(snippets.map((code, i) => [path.join(ROOT, `docs/snippet-${i}.ts`), code]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, version) =>
    files.has(name) ? ts.createSourceFile(name, files.get(name)!, version) : getSourceFile.call(host, name, version);
  const program = ts.createProgram([...files.keys(), path.join(ROOT, 'engine/seedrandom.d.ts')], options, host);
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
  });
}

describe('docs/engine.md', () => {
  it('has snippets that compile', () => {
    expect(snippets.length).toBe(3);
    expect(problems()).toEqual([]);
  });

  it.each(snippets)('says what comes out of snippet %#', (code) => {
    const pairs = compared(code);
    expect(pairs.length).toBeGreaterThan(1);
    for (const [actual, expected] of pairs) expect(actual).toEqual(expected);
  });

  it('names files that exist, and all of them', () => {
    const named = new Set([...text.matchAll(/`((?:trace\/)?[a-z-]+)\.ts`/g)].map(([, name]) => name!));
    for (const name of named) expect(ts.sys.fileExists(path.join(ROOT, `engine/${name}.ts`))).toBe(true);
    expect(named.size).toBeGreaterThan(25);
  });
});
