import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace } from '../cli/workplace.js';
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
const place = new Workplace(join(root, '.splitbrain'));
afterAll(() => place.remove());

const fences = fencesOf(page, readFileSync(join(root, page), 'utf8'));
const fileName = (fence: Fence): string | undefined => /^\/\/ (notebook\/\S+\.ts)\n/.exec(fence.text)?.[1];
const protocols = fences.filter((fence) => fileName(fence) === 'notebook/protocol.ts');

describe(page, () => {
  for (const fence of fences) {
    const name = fileName(fence);
    if (name !== undefined) it(`line ${fence.line}: writes ${name}`, () => void place.write(name, `${fence.text}\n`));
    itShowsWhatHappens(fence, place);
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
    place.write('notebook/protocol.ts', text.replace(line, instead));
    const { output, status } = await splitbrain('fuzz notebook/scenario.ts --runs 40', place);
    place.write('notebook/protocol.ts', text);
    expect(output.split('\n')[0]).toMatch(new RegExp(`violation: ${property}`));
    expect(status).toBe(1);
  });
});

describe('its own test', async () => {
  const own = fences.find((fence) => fileName(fence) === 'notebook/notebook.test.ts')!;
  for (const fence of fences) if (fileName(fence) !== undefined) place.write(fileName(fence)!, fence.text);
  // Its tests are registered here, as those of any test file.
  await import(/* @vite-ignore */ place.path(fileName(own)!));
});
