import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import * as checkers from '../../checkers/index.js';

const DOCS = path.resolve(import.meta.dirname, '../../docs');
const BLOCK = /```ts\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g;

function blocksOf(page: string): { code: string; printed: string | undefined }[] {
  const text = readFileSync(path.join(DOCS, page), 'utf8');
  return [...text.matchAll(BLOCK)].map(([, code, printed]) => ({ code: code ?? '', printed }));
}

/** Runs a snippet: `expression; // => JSON` is compared, and what it prints is what the block of text below it says. */
function run(code: string): { printed: string; compared: [actual: unknown, expected: unknown][] } {
  const printed: string[] = [];
  const compared: [unknown, unknown][] = [];
  const checked = code
    .replace(/^import \{(.*)\} from 'splitbrain\/checkers';$/gm, 'const {$1} = checkers;')
    .replace(/^(.*); \/\/ => (.*)$/gm, (_line, expression: string, json: string) => `compare(${expression}, ${json});`);
  const script = ts.transpile(checked, { target: ts.ScriptTarget.ES2023 });
  const console = { log: (text: string) => printed.push(`${text}\n`) };
  const compare = (actual: unknown, expected: unknown): unknown => compared.push([actual, expected]);
  new Function('checkers', 'console', 'compare', script)(checkers, console, compare);
  return { printed: printed.join(''), compared };
}

describe.each([
  ['checkers.md', 4],
  ['checkers-transactions.md', 1],
  ['checkers-consistency.md', 1],
  ['checkers-properties.md', 1],
])('docs/%s', (page, snippets) => {
  const blocks = blocksOf(page);
  test('has its snippets', () => {
    expect(blocks.length).toBe(snippets);
  });
  test.each(blocks)('snippet %#', ({ code, printed }) => {
    const result = run(code);
    for (const [actual, expected] of result.compared) expect(actual).toEqual(expected);
    expect(result.compared.length + result.printed.length).toBeGreaterThan(0);
    expect(result.printed).toBe(printed ?? '');
  });
});
