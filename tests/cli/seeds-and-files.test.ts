import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './workplace.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const yaml = 'name: mine\nsummary: Short.\nprotocol: raft\nnodes: 3\nuntil: 1s\n';

describe('seeds', () => {
  const digest = async (...seed: string[]): Promise<string> => {
    const { status, stdout } = await place.run(['run', 'raft/bug-stale-read', ...seed, '--json']);
    expect(status).toBe(0);
    return (JSON.parse(stdout) as { readonly digest: string }).digest;
  };
  it('below zero are texts like any other', async () =>
    expect(await digest('--seed', '-5')).toBe(await digest('--seed=-5')));
  it('written in two ways of Unicode are one', async () =>
    expect(await digest('--seed', 'caf\u00e9')).toBe(await digest('--seed', 'cafe\u0301')));
});

describe('scenario files', () => {
  const typescript = (more = ''): string => `import { seconds } from 'splitbrain';
import { defineScenario } from 'splitbrain/scenarios';
import { raft } from 'splitbrain/protocols/raft';
export const mine = defineScenario({ protocol: raft, name: 'mine', summary: 'Short.', nodes: 3, until: seconds(1) });
${more}`;

  it('in YAML, TypeScript and on standard input give the same run', async () => {
    place.write('mine.yaml', yaml);
    place.write('mine.ts', typescript());
    const digests = [
      await place.run(['run', 'mine.yaml', '--json']),
      await place.run(['run', 'mine.ts', '--json']),
      await place.run(['run', '-', '--json'], { input: yaml }),
    ].map(({ stdout }) => (JSON.parse(stdout) as { readonly digest: string }).digest);
    expect(new Set(digests).size).toBe(1);
  });
  it.each([
    ['syntax', 'export const a = ;\n', /^splitbrain: syntax\.ts:1:\d+: .*syntax error/],
    ['throws', '\nthrow new Error("boo");\n', /^splitbrain: throws\.ts:2:\d+: .*it threw Error: boo/],
    ['none', 'export const a = 1;\n', /none\.ts exports no scenario\n.*found a/],
    [
      'two',
      typescript('export const other = { ...mine, name: "other" };'),
      /two\.ts exports 2 scenarios \(mine, other\)/,
    ],
    [
      'nowhere',
      "\nimport { raft } from 'splitbrain/protocols/rft';\nexport const a = raft;\n",
      /nowhere\.ts:2:23: .*\n  did you mean splitbrain\/protocols\/raft\?/,
    ],
  ])('in TypeScript: %s', async (name, text, message) => {
    place.write(`${name}.ts`, text);
    expect(await place.refusal(['run', `${name}.ts`])).toMatch(message);
  });
  it('name nodes that exist', async () => {
    place.write('whom.yaml', `${yaml}faults:\n  - {do: crash, whom: n9, at: 10ms}\n`);
    expect(await place.refusal(['run', 'whom.yaml'])).toMatch(/whom\.yaml:7:23: .*"n9"/);
  });
});
