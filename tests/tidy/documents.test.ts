import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../types/compile.js';
import { brokenLinks, protocolsWithoutTable, snippetsOf } from './document-rules.js';
import { readTree, type Tree } from './repository.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tree = readTree();
const planted = (files: Record<string, string>): Tree => new Map(Object.entries(files));
const known = (files: Tree) => (path: string) =>
  [...files.keys()].some((one) => one === path || one.startsWith(`${path}/`));

const block = (text: string, info = 'ts'): string => `# Title\n\n\`\`\`${info}\n${text}\n\`\`\`\n`;
const imported = `import { ms } from 'splitbrain';\nexport const wait = ms(4);`;
const plantedPages = planted({
  'docs/fine.md': block(imported) + block('export const twice = wait + wait;', 'ts continued') + block('rm -r x', 'sh'),
  'docs/wrong.md': block(imported) + block(`import { ms } from 'splitbrain';\nms('4');`),
  'docs/unknown.md': block(`import { none } from 'splitbrain';`),
  'docs/ignored-because.md': block('not code', 'ts ignore: an outline, not a program'),
  'docs/ignored.md': block('not code', 'ts ignore'),
});

// One compilation for all of them, as reading the sources is what takes time.
const { files: snippets, refused } = snippetsOf(new Map([...tree, ...plantedPages]));
const compiled = compile(new Map([...snippets].map(([path, { text }]) => [path, text])), {
  types: ['node'],
  asUser: true,
  allowUnused: true,
});

function errorsIn(documents: Tree): string[] {
  const findings = [...compiled].flatMap(([path, found]) => {
    const { document } = snippets.get(path)!;
    return found.map(({ line, message }) => ({ document, text: `${document}:${line}: ${message}` }));
  });
  return [...refused, ...findings].filter(({ document }) => documents.has(document)).map(({ text }) => text);
}

describe('the documents', () => {
  it('link to what is there', () => expect(brokenLinks(tree, (path) => existsSync(root + path))).toEqual([]));
  it('show code that compiles', () => expect(errorsIn(tree)).toEqual([]));
  it('say where each step of each paper is', () => expect(protocolsWithoutTable(tree)).toEqual([]));
});

describe('links', () => {
  const pages = planted({
    'README.md':
      '[a](docs/a.md) [b](docs/a.md#two-words) [c](#top) [d](docs) [e](https://x.example/y) `[f](none.md)`\n# Top\n',
    'docs/a.md': '# Two *words*\n[back](../README.md "home")\n```\n[g](none.md)\n```\n',
  });
  it('that lead somewhere pass', () => expect(brokenLinks(pages, known(pages))).toEqual([]));
  it.each(['[x](none.md)', '![x](none.png)', '[x](a.md#three)', '[x](#nowhere)', '[x](../../outside.md)'])(
    '%s is found',
    (link) => {
      const broken = new Map([...pages, ['docs/b.md', link]]);
      expect(brokenLinks(broken, known(broken))).toHaveLength(1);
    },
  );
});

describe('code in documents', () => {
  const errorsOf = (page: string): string[] => errorsIn(planted({ [page]: '' }));

  it('may import the package, and go on in the next block', () => expect(errorsOf('docs/fine.md')).toEqual([]));
  it('is found where it does not compile, with its line', () => {
    expect(errorsOf('docs/wrong.md')).toEqual([expect.stringMatching(/^docs\/wrong.md:11: .*not assignable/)]);
  });
  it('is found where the package has no such name', () => expect(errorsOf('docs/unknown.md')).toHaveLength(1));
  it('is left out only with a reason', () => {
    expect(errorsOf('docs/ignored.md')).toEqual([expect.stringContaining('needs its reason')]);
    expect(errorsOf('docs/ignored-because.md')).toEqual([]);
  });
});

describe('protocols', () => {
  const table =
    '| Step in the paper | Function | Test |\n| --- | --- | --- |\n| a | b | c |\n| a | b | c |\n| a | b | c |\n';
  const whole = { 'protocols/p/protocol.ts': '', 'protocols/p/README.md': table, 'protocols/parts/ring.ts': '' };
  it('with their table pass', () => expect(protocolsWithoutTable(planted(whole))).toEqual([]));
  it.each([
    ['no protocol.ts', { 'protocols/p/README.md': table }],
    ['no README', { 'protocols/p/protocol.ts': '' }],
    ['no table', { ...whole, 'protocols/p/README.md': '# P\n\nIt works.\n' }],
    ['a table with nothing in it', { ...whole, 'protocols/p/README.md': table.split('\n').slice(0, 2).join('\n') }],
  ])('with %s are found', (_fault, files) => expect(protocolsWithoutTable(planted(files))).toHaveLength(1));
});
