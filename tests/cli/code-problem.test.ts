import { createJiti } from 'jiti';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeProblem } from '../../cli/code-problem.js';
import { UsageError } from '../../engine/index.js';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write('broken.ts', 'export const x = 1;\nexport const y = ;\n');
  place.write('throws.ts', '\n\nthrow new Error("boo");\n');
  place.write('lost.ts', 'export const a = 1;\nexport * from "./nowhere.js";\n');
  place.write('broken.json', '\n{"a": }');
});
afterAll(() => place.remove());

/** What is told of a file that imports the given one, paths cut to names. */
async function told(imported: string, by = `import './${imported}';\n`): Promise<string> {
  const file = place.path(place.write('mine.ts', by));
  const jiti = createJiti(import.meta.url, { moduleCache: false, fsCache: false });
  const error: unknown = await jiti.import(file).catch((found: unknown) => found);
  const problem = codeProblem(file, error);
  expect(problem).toBeInstanceOf(UsageError);
  return problem.message.replaceAll(`${place.folder}/`, '');
}

describe('what is wrong in a file that a scenario imports', () => {
  it.each([
    ['broken.ts', 'broken.ts:2:18: cannot be loaded (mine.ts imports it): syntax error: Unexpected token'],
    ['throws.ts', 'throws.ts:3:7: cannot be loaded (mine.ts imports it): it threw Error: boo'],
    ['lost.ts', 'lost.ts:2:16: there is no module "./nowhere.js"'],
    ['broken.json', 'broken.json: cannot be loaded (mine.ts imports it): Unexpected token'],
  ])('is told with its place: %s', async (file, message) => expect(await told(file)).toContain(message));

  it('is told through files between', async () => {
    place.write('between.ts', "import './broken.ts';\n");
    expect(await told('between.ts')).toContain('broken.ts:2:18: ');
  });
  it('names no other file where it is the file itself', async () => {
    expect(await told('', 'export const z = ;\n')).toMatch(/^mine\.ts:1:18: cannot be loaded: syntax error/);
    expect(await told('', 'throw "a text";\n')).toBe('mine.ts cannot be loaded: it threw a text');
  });
});
