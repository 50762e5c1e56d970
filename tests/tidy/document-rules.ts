import { posix } from 'node:path';
import { fencesOf, proseOf, type Fence, type Tree } from './repository.js';

/** Links and pictures of the documents that lead nowhere: a missing file, or a heading that is not there. */
export function brokenLinks(tree: Tree, exists: (path: string) => boolean): string[] {
  return documents(tree).flatMap(([path, text]) =>
    [...proseOf(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].flatMap(([, link]) => {
      const target = decodeURI(link!);
      if (/^(https?|mailto):/.test(target)) return [];
      const [file, anchor] = target.split('#') as [string, string | undefined];
      const to = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, '');
      if (to.startsWith('..') || !exists(to)) return [`${path}: ${target} leads nowhere`];
      const page = tree.get(to);
      if (anchor === undefined || anchor === '' || page === undefined || !to.endsWith('.md')) return [];
      return anchorsOf(page).has(anchor) ? [] : [`${path}: ${target}: no such heading`];
    }),
  );
}

function anchorsOf(markdown: string): Set<string> {
  const headings = [...unfenced(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title]) => title!);
  const anchors = new Set([...markdown.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map(([, name]) => name!));
  for (const title of headings) {
    const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function unfenced(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
}

export interface Snippet {
  readonly document: string;
  readonly text: string;
}

/**
 * The TypeScript of the documents, by the path of a file in memory: one a block, except that `ts continued` goes on where the
 * block before it ended. Line n of a file is line n of its document.
 */
export function snippetsOf(tree: Tree): { files: Map<string, Snippet>; refused: Snippet[] } {
  const files = new Map<string, Snippet>();
  const refused: Snippet[] = [];
  for (const [document, markdown] of documents(tree)) {
    let last: string | undefined;
    for (const fence of fencesOf(document, markdown)) {
      const [language, mark, ...reason] = fence.info.split(/:?\s+/);
      if (language !== 'ts' && language !== 'typescript' && language !== 'tsx') continue;
      if (mark === 'ignore') {
        if (reason.join(' ').length >= 10) continue;
        refused.push({ document, text: `${document}:${fence.line}: "ts ignore" needs its reason in the same line` });
      } else if (mark === 'continued' && last !== undefined) {
        files.set(last, { document, text: padded(fence, files.get(last)!.text) });
      } else {
        last = `tests/tidy/${document.replaceAll(/[/.]/g, '-')}-${fence.line}.ts`;
        files.set(last, { document, text: padded(fence, '') });
      }
    }
  }
  return { files, refused };
}

/** The block at the height that it has in its document, below what it continues. */
function padded(fence: Fence, before: string): string {
  const linesBefore = before === '' ? 0 : before.split('\n').length - 1;
  return `${before}${'\n'.repeat(fence.line - 1 - linesBefore)}${fence.text}\n`;
}

/** Every protocol says where each step of its paper is, in code and in a test. */
export function protocolsWithoutTable(tree: Tree): string[] {
  const folders = new Set(
    [...tree.keys()].map((path) => /^protocols\/([^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined),
  );
  folders.delete('parts');
  return [...folders].flatMap((folder) => {
    const findings: string[] = [];
    if (!tree.has(`protocols/${folder}/protocol.ts`)) findings.push(`protocols/${folder}: has no protocol.ts`);
    const readme = tree.get(`protocols/${folder}/README.md`);
    if (readme === undefined) findings.push(`protocols/${folder}: has no README.md`);
    else if (!hasPaperTable(readme))
      findings.push(`protocols/${folder}/README.md: has no table of step in the paper, function, test`);
    return findings;
  });
}

function hasPaperTable(readme: string): boolean {
  const rows = readme.split('\n');
  return rows.some((row, index) => {
    const isHeader =
      /^\|.*(paper|step|rule|figure|section)/i.test(row) && /function|code|where/i.test(row) && /test/i.test(row);
    return isHeader && /^\|[\s:|-]+\|\s*$/.test(rows[index + 1] ?? '') && (rows[index + 4] ?? '').startsWith('|');
  });
}

function documents(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => path.endsWith('.md') && !path.startsWith('tests/fixtures/'));
}
