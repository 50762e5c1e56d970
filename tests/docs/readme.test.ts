import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogue, protocols } from '../../scenarios/index.js';
import { Workplace } from '../cli/workplace.js';
import { fencesOf } from '../tidy/repository.js';
import { commandsOf, itShowsWhatHappens, missing, splitbrain } from './shown-output.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const place = new Workplace();
afterAll(() => place.remove());

describe('README.md', () => {
  const fences = fencesOf('README.md', readme);
  for (const fence of fences) itShowsWhatHappens(fence, place);

  it('shows one failure', () => expect(fences.flatMap(commandsOf)).toHaveLength(1));

  it('says how to run the tests, for .ci/run and for people', () => expect(readme).toContain('`npm ci && npm test`'));

  // What opens a page until it is stopped, or needs the npm registry, is left out.
  const lines = fences
    .filter(({ info }) => info === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').replace('npm ci && ', ''))
    .filter((line) => line.startsWith('npx splitbrain ') && !/ open /.test(line));

  it('shows commands', () => expect(lines.length).toBeGreaterThan(5));

  it.each(lines)('%s', { timeout: 60_000 }, async (line) => {
    const { output, status } = await splitbrain(line.slice('npx splitbrain '.length), place);
    expect(status, output).toBe(line.includes('--bug') ? 1 : 0);
  });
});

describe('protocols/README.md', () => {
  const text = readFileSync(`${root}protocols/README.md`, 'utf8');
  it.each(protocols.map(({ name }) => name))('has a row for %s', (name) => {
    const row = text.split('\n').find((line) => line.startsWith(`| [${name}](${name}/README.md) |`));
    expect(row).toBeDefined();
    const { bugs } = protocols.find((one) => one.name === name)!;
    const shown = [...row!.matchAll(/`([a-z0-9-]+)`/g)].map(([, bug]) => bug!);
    expect(shown.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(Object.keys(bugs).toSorted((a, b) => (a < b ? -1 : 1)));
  });
  const limits = [...text.matchAll(/^\| [^|`]* \| ([^|`]+) \| `([^`]+)` \| (?:`([^`]+)`|–)/gm)].map((row) =>
    row.slice(1),
  );
  const expected = (name: string) => {
    const scenario = catalogue.find((one) => one.name === name);
    return scenario?.kind === 'scenario' ? (scenario.expects ?? 'ok') : 'no scenario';
  };
  it('shows what breaks as published', () => expect(limits.length).toBeGreaterThan(10));
  it.each(limits)('%s: %s', (property, broken, mended) => {
    expect(expected(broken!)).toEqual({ violation: property });
    if (mended !== undefined) expect(expected(mended)).toBe('ok');
  });
  it('knows only protocols with scenarios', () => {
    for (const { name } of protocols) expect(catalogue.some(({ protocol }) => protocol.name === name)).toBe(true);
  });
});

describe('comparing output', () => {
  const output = 'a 1\nb\nc\n';
  it.each([[['a 1', 'b', 'c']], [['a …', '…', 'c']], [['a 1', '…']], [['…']]])('%j fits', (shown) => {
    expect(missing(shown, output)).toEqual([]);
  });
  it.each([[['a', 'b', 'c']], [['a 1', 'c']], [['a 1', 'b']], [['b', '…']], [['…', 'x …']]])('%j does not', (shown) => {
    expect(missing(shown, output)).toHaveLength(1);
  });
});
