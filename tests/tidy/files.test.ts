import { describe, expect, it } from 'vitest';
import {
  LINES_FEW,
  LINES_MAX,
  badNames,
  foreignWords,
  leftOpenMarks,
  lockedAddresses,
  longFiles,
  outputBesideSources,
  silencedWithoutReason,
} from './file-rules.js';
import { readTree, type Tree } from './repository.js';

const tree = readTree();
const planted = (path: string, text: string): Tree => new Map([[path, text]]);
const lines = (count: number): string => 'x\n'.repeat(count);

describe('the tree', () => {
  it('is all there', () => expect(tree.get('package.json')).toContain('"splitbrain"'));
  it(`has no file over ${LINES_MAX} lines`, () => {
    expect(longFiles(tree, LINES_MAX)).toEqual([]);
    const growing = longFiles(tree, LINES_FEW);
    if (growing.length > 0) console.warn(`a smell, no failure yet:\n  ${growing.join('\n  ')}`);
  });
  it('names files for their one subject', () => expect(badNames(tree)).toEqual([]));
  it('keeps compiled output in dist', () => expect(outputBesideSources(tree)).toEqual([]));
  it('leaves nothing open', () => expect(leftOpenMarks(tree)).toEqual([]));
  it('silences nothing without a reason', () => expect(silencedWithoutReason(tree)).toEqual([]));
  it('names no machine and no registry', () => expect(foreignWords(tree)).toEqual([]));
  it('states one version', () => {
    const { version } = JSON.parse(tree.get('package.json')!) as { version: string };
    expect(tree.get('scenarios/version.ts')).toContain(`'${version}'`);
  });
  it('locks versions and no addresses', () => expect(lockedAddresses(tree.get('package-lock.json')!)).toEqual([]));
});

describe('a planted fault is found', () => {
  it.each([
    ['a long file', longFiles(planted('engine/x.ts', lines(501)), 500, {})],
    ['a needless exception', longFiles(planted('engine/x.ts', lines(20)), 500, { 'engine/x.ts': 'was long once' })],
    ['a name in camel case', badNames(planted('engine/eventQueue.ts', ''))],
    ['a folder in capitals', badNames(planted('protocols/Raft/log.ts', ''))],
    ['a drawer', badNames(planted('engine/utils.ts', ''))],
    ['a drawer in a test', badNames(planted('tests/engine/helpers.ts', ''))],
    ['output beside a source', outputBesideSources(planted('checkers/values.js', ''))],
    ['declarations beside a source', outputBesideSources(planted('checkers/values.d.ts', ''))],
    ['something left open', leftOpenMarks(planted('engine/x.ts', `// ${'TO' + 'DO'}: later`))],
    ['a test that runs alone', leftOpenMarks(planted('tests/x.test.ts', `it.only('x', () => {});`))],
    ['a test that does not run', leftOpenMarks(planted('tests/x.test.ts', `describe.skip('x', () => {});`))],
    ['a rule silenced', silencedWithoutReason(planted('engine/x.ts', '\n// eslint-disable-next-line eqeqeq\n'))],
    ['a type silenced', silencedWithoutReason(planted('engine/x.ts', '\nf(1); // @ts-expect-error\n'))],
    ['a path of a machine', foreignWords(planted('docs/x.md', `see /${'home/ann'}/x`))],
    ['a host of a registry', foreignWords(planted('.npmrc', `registry=https://registry.${'npm' + 'js'}.org`))],
    ['an address in the lock', lockedAddresses('{"packages":{"node_modules/a":{"resolved":"https://x/a.tgz"}}}')],
  ])('%s', (_fault, findings) => expect(findings).toHaveLength(1));
});

describe('no false alarm', () => {
  it.each([
    ['a file of 500 lines', longFiles(planted('engine/x.ts', lines(500)), 500, {})],
    [
      'usual names',
      badNames(new Map(['engine/event-queue.ts', 'vitest.config.ts', 'tests/a/b-c.test.tsx'].map((p) => [p, '']))),
    ],
    ['the declaration written by hand', outputBesideSources(planted('engine/seedrandom.d.ts', ''))],
    [
      'a reason on the line',
      silencedWithoutReason(planted('x.ts', '\n// eslint-disable-next-line eqeqeq -- both mean nothing\n')),
    ],
    [
      'a reason above',
      silencedWithoutReason(planted('x.ts', '// Both mean nothing.\n// eslint-disable-next-line eqeqeq\n')),
    ],
    [
      'a test that is skipped where it cannot run',
      leftOpenMarks(planted('tests/x.test.ts', `it.skipIf(noData)('x', f);`)),
    ],
    ['a relative path', foreignWords(planted('docs/x.md', 'see ../shared/data and bin/work/x'))],
    ['a locked version', lockedAddresses('{"packages":{"node_modules/a":{"version":"1.0.0"}}}')],
  ])('%s', (_case, findings) => expect(findings).toEqual([]));
});
