import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { fencesOf, type Fence } from '../tidy/repository.js';
import { compile } from '../types/compile.js';
import { commandsOf, itShowsWhatHappens, splitbrain } from './shown-output.js';

/*
 * Does what docs/tutorial.md says, in its order: writes the files, runs the commands, and compares what comes out with what the
 * page shows.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = 'docs/tutorial.md';
// Inside the checkout, so that `splitbrain` in an import means this package; git does not look there.
mkdirSync(join(root, '.splitbrain'), { recursive: true });
const folder = mkdtempSync(join(root, '.splitbrain', 'tutorial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fences = fencesOf(page, readFileSync(join(root, page), 'utf8'));
const fileName = (fence: Fence): string | undefined => /^\/\/ (notebook\/\S+\.ts)\n/.exec(fence.text)?.[1];
const protocols = fences.filter((fence) => fileName(fence) === 'notebook/protocol.ts');

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), `${text}\n`);
}

describe(page, () => {
  for (const fence of fences) {
    const name = fileName(fence);
    if (name !== undefined) it(`line ${fence.line}: writes ${name}`, () => write(name, fence.text));
    itShowsWhatHappens(fence, folder);
  }

  it('writes two versions of the protocol, and runs six commands', () => {
    expect(protocols).toHaveLength(2);
    expect(fences.flatMap(commandsOf)).toHaveLength(6);
  });

  it('shows code that compiles together, with either version of the protocol', () => {
    const others = fences.filter((fence) => fileName(fence) !== undefined && !protocols.includes(fence));
    const files = protocols.flatMap((protocol, version) =>
      [protocol, ...others].map((fence) => [`tests/docs/${version}/${fileName(fence)!}`, fence.text] as const),
    );
    const findings = [...compile(new Map(files), { types: ['node'], asUser: true })];
    expect(findings.flatMap(([path, found]) => found.map((one) => `${path}: ${one.message}`))).toEqual([]);
  });

  it.each([
    [/Math\.max\(.*\) \+ 1/, 'operation.newest.version + 1', 'One Value Per Version'],
    [/ *node\.setTimer\(.*\n/, '', 'progress'],
  ])('without %s fuzzing finds a violation', { timeout: 60_000 }, async (line, instead, property) => {
    const { text } = protocols[1]!;
    expect(text).toMatch(line);
    write('notebook/protocol.ts', text.replace(line, instead));
    const { output, status } = await splitbrain('fuzz notebook/scenario.ts --runs 40', folder);
    write('notebook/protocol.ts', text);
    expect(output.split('\n')[0]).toMatch(new RegExp(`violation: ${property}`));
    expect(status).toBe(1);
  });
});

describe('its own test', async () => {
  const own = fences.find((fence) => fileName(fence) === 'notebook/notebook.test.ts')!;
  for (const fence of fences) if (fileName(fence) !== undefined) write(fileName(fence)!, fence.text);
  // Its tests are registered here, as those of any test file.
  await import(/* @vite-ignore */ join(folder, fileName(own)!));
});
