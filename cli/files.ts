import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  writeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../engine/index.js';

/** What a command may be asked to read. Larger files are refused, with this in the message. */
const READ_MAX_BYTES = 1_000_000_000;
const WRITE_AT_ONCE = 1 << 16;

/**
 * Reads a whole text; `-` is standard input.
 *
 * @throws UsageError when it is not there, is no file, or too large.
 */
export function readText(file: string): string {
  try {
    if (file === '-') return readFileSync(0, 'utf8');
    const { size } = statSync(file);
    if (size > READ_MAX_BYTES)
      throw new UsageError('file-size', `${file} has ${size} bytes (at most ${READ_MAX_BYTES} are read)`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw fileProblem('cannot read', file, error);
  }
}

// The history of one test, and where a store keeps the newest one (Jepsen's layout, which Maelstrom has too).
const IN_STORE: readonly string[] = ['history.edn', 'latest/history.edn', 'current/history.edn'];

/**
 * The history of a test in a store of Jepsen or Maelstrom: the folder of a run, or the store itself, whose newest run it is. Any
 * other path is the history itself.
 *
 * @throws UsageError for a folder without one.
 */
export function historyIn(file: string): string {
  if (file === '-' || !isFolder(file)) return file;
  const found = IN_STORE.map((name) => join(file, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError('file', `there is no history in the folder ${file}`, `looked for: ${IN_STORE.join(', ')}`);
}

/** The name under which a file grows until it is whole. */
export function partialName(file: string): string {
  return `${file}.partial`;
}

/**
 * Writes a file as a whole or not at all: it grows under another name and gets its own when it is done.
 *
 * @throws UsageError when it cannot be written.
 */
export function writeWhole(file: string, pieces: Iterable<string>): void {
  const partial = partialName(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    const handle = openSync(partial, 'w');
    try {
      let waiting = '';
      for (const piece of pieces) {
        waiting += piece;
        if (waiting.length > WRITE_AT_ONCE) {
          writeSync(handle, waiting);
          waiting = '';
        }
      }
      writeSync(handle, waiting);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, file);
  } catch (error) {
    removeIfThere(partial);
    if (error instanceof Error && 'syscall' in error) throw fileProblem('cannot write', file, error);
    throw error;
  }
}

/** Removes a file that may not be there, or where no file can be. */
export function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What cannot be removed was not written by us.
  }
}

/**
 * Is there a place for these files? Asked before a long run, and not after it.
 *
 * @throws UsageError for a folder, a path through a file, two outputs in one file.
 */
export function checkOutputs(files: readonly (string | undefined)[]): void {
  const seen = new Set<string>();
  for (const file of files) {
    if (file === undefined) continue;
    if (file === '') throw new UsageError('file', 'cannot write a file without a name');
    if (seen.has(resolve(file)))
      throw new UsageError('file', `two outputs go to ${file}`, 'each needs a file of its own');
    seen.add(resolve(file));
    if (isFolder(file)) throw new UsageError('file', `cannot write ${file}: ${REASONS['EISDIR']!}`);
  }
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

export function* withLineEnds(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  EEXIST: 'a part of its path is no folder',
  EPERM: 'not permitted',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go round in a circle',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  ERR_STRING_TOO_LONG: 'it is too large for one text',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

function fileProblem(what: string, file: string, error: unknown): UsageError {
  const code = (error as { readonly code?: string }).code ?? '';
  return new UsageError('file', `${what} ${file}: ${REASONS[code] ?? (error as Error).message}`);
}
