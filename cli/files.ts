import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../engine/index.js';

/** What a command may be asked to read. Larger files are refused, with this in the message. */
const READ_MAX_BYTES = 1_000_000_000;
const WRITE_AT_ONCE = 1 << 16;

/**
 * Reads a whole text; `-` is standard input.
 *
 * @throws UsageError when it is not there, is no file, too large, or no UTF-8.
 */
export function readText(file: string): string {
  try {
    if (file === '-') return textOf(readFileSync(0), 'standard input');
    const { size } = statSync(file);
    if (size > READ_MAX_BYTES)
      throw new UsageError('file-size', `${file} has ${size} bytes (at most ${READ_MAX_BYTES} are read)`);
    return textOf(readFileSync(file), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw fileProblem('cannot read', file, error);
  }
}

/** Refuses what is no UTF-8: replaced by marks, two different texts would be the same one. */
function textOf(bytes: Buffer, file: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const sixteen = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (sixteen) throw new UsageError('encoding', `${file}:1:1: this is UTF-16`, 'save it as UTF-8');
  const text = bytes.toString('utf8');
  const mark = firstReplaced(bytes, text);
  const line = text.slice(0, mark).split('\n');
  const found = `0x${bytes[Buffer.byteLength(text.slice(0, mark))]!.toString(16).padStart(2, '0')}`;
  throw new UsageError(
    'encoding',
    `${file}:${line.length}:${line.at(-1)!.length + 1}: the byte ${found} is no UTF-8`,
    'a text in UTF-8 was expected',
  );
}

/** Index of the first mark that stands for bytes which are no UTF-8, and was not there itself. */
function firstReplaced(bytes: Buffer, text: string): number {
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return at;
    offset += 3;
    from = at + 1;
  }
  return text.length;
}

/** The name under which a file grows until it is whole: beside the file itself, where its name is a link. */
export function partialName(file: string): string {
  return `${existsSync(file) ? realpathSync(file) : file}.partial`;
}

/**
 * Writes a file as a whole or not at all: it grows under another name and gets its own when it is done. What is there and is no
 * file, a pipe or a device such as `/dev/null`, is written to and stays what it is.
 *
 * @throws UsageError when it cannot be written.
 */
export function writeWhole(file: string, pieces: Iterable<string>): void {
  const partial = isSpecial(file) ? undefined : partialName(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writePieces(partial ?? file, pieces);
    if (partial !== undefined) renameSync(partial, partial.slice(0, -'.partial'.length));
  } catch (error) {
    if (partial !== undefined) removeIfThere(partial);
    if (error instanceof Error && 'syscall' in error) throw fileProblem('cannot write', file, error);
    throw error;
  }
}

function writePieces(file: string, pieces: Iterable<string>): void {
  const handle = openSync(file, 'w');
  try {
    let waiting = '';
    for (const piece of pieces) {
      waiting += piece;
      if (waiting.length > WRITE_AT_ONCE) {
        // Not writeSync: on a disk that fills up it writes a part, and tells so in its result only.
        writeFileSync(handle, waiting);
        waiting = '';
      }
    }
    writeFileSync(handle, waiting);
  } finally {
    closeSync(handle);
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
 * @param inputs What is read, and must still be there afterwards.
 * @throws UsageError for a folder, a path through a file, a place where nothing may be written, two outputs in one file, an
 *   output in the place of an input.
 */
export function checkOutputs(files: readonly (string | undefined)[], inputs: readonly string[] = []): void {
  const read = new Set(inputs.map((file) => resolve(file)));
  const seen = new Set<string>();
  for (const file of files) {
    if (file === undefined) continue;
    if (file === '') throw new UsageError('file', 'cannot write a file without a name');
    if (file === '-') throw new UsageError('file', 'cannot write to standard output: a file was expected, found -');
    if (seen.has(resolve(file)) && !isSpecial(file))
      throw new UsageError('file', `two outputs go to ${file}`, 'each needs a file of its own');
    seen.add(resolve(file));
    if (read.has(resolve(file))) throw new UsageError('file', `cannot write ${file}: it is what is read`);
    if (isFolder(file)) throw new UsageError('file', `cannot write ${file}: ${REASONS['EISDIR']!}`);
    if (isSpecial(file)) continue;
    checkFolder(dirname(file), file);
  }
}

/**
 * May files be made in this folder, or the folder itself? Asks the nearest one that is there already.
 *
 * @param what Who is told of, where not.
 * @throws UsageError where not.
 */
export function checkFolder(folder: string, what: string = folder): void {
  if (folder === '') throw new UsageError('file', 'cannot write to a folder without a name');
  let nearest = resolve(folder);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  if (!isFolder(nearest)) throw new UsageError('file', `cannot write ${what}: ${REASONS['ENOTDIR']!}`);
  try {
    accessSync(nearest, constants.W_OK);
  } catch (error) {
    throw fileProblem('cannot write', what, error);
  }
}

/** Is it there, and neither a file nor a folder? */
function isSpecial(file: string): boolean {
  try {
    const found = statSync(file);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false;
  }
}

export function isFolder(file: string): boolean {
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
  EFBIG: 'it is too large',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

function fileProblem(what: string, file: string, error: unknown): UsageError {
  const code = (error as { readonly code?: string }).code ?? '';
  return new UsageError('file', `${what} ${file}: ${REASONS[code] ?? (error as Error).message}`);
}
