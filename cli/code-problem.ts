import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../engine/index.js';
import { nearest, protocols } from '../scenarios/index.js';

/** A file's path as it was meant: relative to where the command runs, so that it can be repeated there. */
export function shown(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path.startsWith('..') ? resolve(file) : path;
}

/** What went wrong while a file was loaded, with the place, be it in the file itself or in one that it imports. */
export function codeProblem(file: string, error: unknown): UsageError {
  if (!(error instanceof Error))
    return new UsageError('scenario-code', `${shown(file)} cannot be loaded: it threw ${String(error)}`);
  const place = placeOf(error);
  const where = `${shown(place?.file ?? file)}${place?.at ?? ''}`;
  if (error instanceof UsageError) return new UsageError(error.code, `${where}: ${error.message}`, error.hint);
  const [message = ''] = error.message.split('\n', 1);
  const missing = /^Cannot find module '([^']*)'/.exec(message)?.[1];
  if (missing !== undefined) return missingModule(importerOf(error) ?? file, missing);
  const importing = place === null || place.file === resolve(file) ? '' : ` (${shown(file)} imports it)`;
  const what = whatHappened(error, message.trim(), place);
  return new UsageError('scenario-code', `${where}: cannot be loaded${importing}: ${what}`);
}

function whatHappened(error: Error, firstLine: string, place: CodePlace | null): string {
  if (firstLine.startsWith('ParseError: ')) return firstLine.replace('ParseError: ', 'syntax error: ');
  // What reads JSON puts the path before it, and quotes what it has read, with its line ends.
  if (place?.at === '') return error.message.slice(place.file.length + 2);
  return `it threw ${error.name}: ${firstLine}`;
}

interface CodePlace {
  readonly file: string;
  /** `:3:7`, or nothing where only the file is known. */
  readonly at: string;
}

/** A parse error names its place in the line after its message; whatever is thrown, in its stack. */
function placeOf(error: Error): CodePlace | null {
  if (error.message.startsWith('ParseError: ')) {
    const found = /\n\s*(\S.*?):(\d+):(\d+)\s*$/.exec(error.message);
    // Its columns are counted from 0.
    return found === null ? null : { file: found[1]!, at: `:${found[2]!}:${Number(found[3]) + 1}` };
  }
  const json = /^(.+\.json): /.exec(error.message)?.[1];
  if (json !== undefined && existsSync(json)) return { file: json, at: '' };
  for (const line of (error.stack ?? '').split('\n')) {
    const frame = /^\s+at (?:.*\()?(?:file:\/\/)?(\/.*?|[A-Za-z]:\\.*?)(:\d+:\d+)\)?$/.exec(line);
    if (frame !== null && isForeign(frame[1]!)) return { file: frame[1]!, at: frame[2]! };
  }
  return null;
}

const OURS = fileURLToPath(new URL('../', import.meta.url));

/** Neither ours nor a package's: somebody wrote it to be loaded here. */
function isForeign(path: string): boolean {
  return !path.startsWith(OURS) && !path.includes('/node_modules/') && !path.includes('\\node_modules\\');
}

/** Which file asked for a module that is not there. */
function importerOf(error: Error): string | undefined {
  return /\nRequire stack:\n- (.+)/.exec(error.message)?.[1];
}

function missingModule(file: string, missing: string): UsageError {
  const wanted = /engine\/index\.js\/(.*)$/.exec(missing)?.[1];
  const what = wanted === undefined ? missing : `splitbrain/${wanted}`;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const line = lines.findIndex((text) => text.includes(`'${what}'`) || text.includes(`"${what}"`));
  const place = line < 0 ? '' : `:${line + 1}:${lines[line]!.indexOf(what) + 1}`;
  const known = ['splitbrain', 'splitbrain/engine', 'splitbrain/checkers', 'splitbrain/scenarios', 'splitbrain/fuzz'];
  const shipped = protocols.map(({ name }) => `splitbrain/protocols/${name}`);
  const hint = what.startsWith('splitbrain') ? nearest(what, [...known, ...shipped]) : undefined;
  return new UsageError('scenario-code', `${shown(file)}${place}: there is no module ${JSON.stringify(what)}`, hint);
}
