import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Text by path relative to the checkout. */
export type Tree = ReadonlyMap<string, string>;

/** What git holds or would hold, binary files left out. */
export function readTree(): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const paths = [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(root + path));
  return new Map(
    paths
      .filter((path) => !/\.(png|gz|gif|jpg|woff2?)$/.test(path))
      .map((path) => [path, readFileSync(root + path, 'utf8')]),
  );
}

/** A fenced block of a Markdown file. */
export interface Fence {
  readonly path: string;
  /** 1-based, of the block's first line of content. */
  readonly line: number;
  /** What follows the backticks, such as `ts continued`. */
  readonly info: string;
  readonly text: string;
}

export function fencesOf(path: string, markdown: string): Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; info: string; mark: string; lines: string[] } | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^\s*(```+|~~~+)(.*)$/.exec(line);
    if (open === null) {
      if (fence !== null) open = { line: index + 2, info: fence[2]!.trim(), mark: fence[1]!, lines: [] };
    } else if (fence !== null && fence[1]!.startsWith(open.mark) && fence[2]!.trim() === '') {
      fences.push({ path, line: open.line, info: open.info, text: open.lines.join('\n') });
      open = null;
    } else open.lines.push(line);
  }
  return fences;
}

/** Markdown with the content of its fenced blocks and code spans blanked out, so that links in them are none. */
export function proseOf(markdown: string): string {
  let inside = false;
  return markdown
    .split('\n')
    .map((line) => {
      if (/^\s*(```+|~~~+)/.test(line)) inside = !inside;
      else if (!inside) return line.replaceAll(/`[^`]*`/g, '');
      return '';
    })
    .join('\n');
}
