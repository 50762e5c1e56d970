import type { Tree } from './repository.js';

// Each rule answers with one sentence a finding, the file first. tests/tidy/files.test.ts shows each of them a planted fault.

const isSource = (path: string): boolean => /\.(ts|tsx|js)$/.test(path);
const rooms = /^(engine|protocols|checkers|scenarios|fuzz|visualizer|cli)\//;

export const LINES_FEW = 400;
export const LINES_MAX = 500;

/** Longer than {@link LINES_MAX}, each with the reason why one subject needs it. */
export const longByRight: Readonly<Record<string, string>> = {};

export function longFiles(tree: Tree, linesMax: number, exceptions = longByRight): string[] {
  const long = [...tree]
    .filter(([path, text]) => isSource(path) && text.split('\n').length - 1 > linesMax && !(path in exceptions))
    .map(([path, text]) => `${path}: ${text.split('\n').length - 1} lines; one subject a file, ${linesMax} at most`);
  const needless = Object.keys(exceptions).filter((path) => (tree.get(path)?.split('\n').length ?? 0) - 1 <= LINES_MAX);
  return [...long, ...needless.map((path) => `${path}: no exception is needed any more`)];
}

export function badNames(tree: Tree): string[] {
  const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.[a-z]+$/;
  const folder = /^\.?[a-z0-9]+(-[a-z0-9]+)*$/;
  const drawer = /^(utils?|helpers?|misc|common|shared|types|constants)$/;
  return [...tree.keys()].filter(isSource).flatMap((path) => {
    const parts = path.split('/');
    const file = parts.pop()!;
    const findings: string[] = [];
    if (!kebab.test(file) || !parts.every((part) => folder.test(part)))
      findings.push(`${path}: names are in kebab-case`);
    if (drawer.test(file.split('.')[0]!)) findings.push(`${path}: name the one subject of the file, not a drawer`);
    return findings;
  });
}

/** Compiled output beside a source would be what the tests run in its stead. */
export function outputBesideSources(tree: Tree): string[] {
  return [...tree.keys()]
    .filter((path) => rooms.test(path) && /\.(js|js\.map|d\.ts|d\.ts\.map)$/.test(path))
    .filter((path) => path !== 'engine/seedrandom.d.ts')
    .map((path) => `${path}: compiled output belongs in dist/`);
}

const leftOpen = new RegExp(
  ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].map((word) => `\\b${word}\\b`).join('|'),
);
const focused = /\b(it|test|describe|suite)\.(only|skip|todo)\b|\b(fit|fdescribe|xit|xdescribe)\(/;

export function leftOpenMarks(tree: Tree): string[] {
  return linesOf(tree, isSource).flatMap(({ place, line, path }) => {
    const findings: string[] = [];
    if (leftOpen.test(line)) findings.push(`${place}: left open; finish it, or write it down where plans are kept`);
    // This folder names what it forbids.
    const isTest = path.startsWith('tests/') && !path.startsWith('tests/tidy/');
    if (isTest && focused.test(line)) findings.push(`${place}: every test runs, none alone`);
    return findings;
  });
}

/** `eslint-disable-next-line rule -- why`, or a comment with the reason above it. */
export function silencedWithoutReason(tree: Tree): string[] {
  const silencer = /(eslint-disable|@ts-(ignore|expect-error|nocheck))(?!\w)/;
  return linesOf(tree, isSource)
    .filter(({ path }) => !path.startsWith('tests/tidy/'))
    .filter(({ line, before }) => {
      const silenced = /\/[/*].*/.exec(line)?.[0];
      if (silenced === undefined || !silencer.test(silenced)) return false;
      return !/ -- \S|@ts-expect-error:? \S/.test(silenced) && !/^\s*(\/\/|\*|\/\*)/.test(before);
    })
    .map(({ place }) => `${place}: say why this is silenced`);
}

// Written in pieces, so that this file does not hold what it forbids.
const machinePath = new RegExp(
  `(^|[\\s'"\`(=:])/(${['wo' + 'rk', 'ro' + 'ot', 'home/[a-z]+', 'Users/[A-Za-z]+'].join('|')})/`,
);
const registryHost = new RegExp(
  ['registry\\.(n' + 'pmjs|y' + 'arnpkg)', 'artifact' + 'ory', 'nexus\\.[a-z]'].join('|'),
);

export function foreignWords(tree: Tree): string[] {
  return linesOf(tree, (path) => !path.startsWith('tests/fixtures/')).flatMap(({ place, line }) => {
    const findings: string[] = [];
    if (machinePath.test(line)) findings.push(`${place}: the path of one machine`);
    if (registryHost.test(line)) findings.push(`${place}: the host of a registry`);
    return findings;
  });
}

/** Where a package is downloaded from is the installing machine's business. */
export function lockedAddresses(lock: string): string[] {
  const { packages } = JSON.parse(lock) as { packages: Record<string, { resolved?: string; link?: boolean }> };
  return Object.entries(packages)
    .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
    .map(
      ([name]) => `package-lock.json: ${name} names a download address (npm config omit-lockfile-registry-resolved)`,
    );
}

function linesOf(tree: Tree, wanted: (path: string) => boolean) {
  return [...tree]
    .filter(([path]) => wanted(path))
    .flatMap(([path, text]) => {
      const lines = text.split('\n');
      return lines.map((line, index) => ({
        path,
        place: `${path}:${index + 1}`,
        line,
        before: lines[index - 1] ?? '',
      }));
    });
}
