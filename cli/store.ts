import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../engine/index.js';
import { isFolder } from './files.js';

/*
 * Where Jepsen, and with it Maelstrom, keeps tests: `store/<test>/<time>/` holds `history.edn`, `results.edn` and, in a format of its
 * own, everything (`test.jepsen`, before that `test.fressian`). Links lead to the newest: `store/latest`, `store/current` (which may still
 * run) and `store/<test>/latest` (jepsen.store, `update-symlinks!`; Maelstrom's doc/results.md).
 */
const HISTORY = 'history.edn';
const LINKS: readonly string[] = ['latest', 'current'];
const BINARY = /\.(jepsen|fressian)$/;

/**
 * The history in the folder of a test, in that of all its runs, or in the store itself: of the newest run. Any other path is the
 * history itself.
 *
 * @throws UsageError for a folder without one, and for what only Jepsen can read.
 */
export function historyIn(file: string): string {
  if (BINARY.test(file)) throw binary(file, existsSync(join(dirname(file), HISTORY)));
  if (file === '-' || !isFolder(file)) return file;
  const found = ['.', ...LINKS].map((name) => join(file, name, HISTORY)).find((path) => existsSync(path));
  const newest = found ?? newestIn(file);
  if (newest !== undefined) return newest;
  const unreadable = readdirSync(file).find((name) => BINARY.test(name));
  if (unreadable !== undefined) throw binary(join(file, unreadable), false);
  const looked = [
    HISTORY,
    ...LINKS.map((name) => `${name}/${HISTORY}`),
    `<time>/${HISTORY}`,
    `<test>/<time>/${HISTORY}`,
  ];
  throw new UsageError('file', `there is no history in the folder ${file}`, `looked for: ${looked.join(', ')}`);
}

/** Links get lost when a store is packed. The folders of runs are named by when they began, so that the last name is the newest. */
function newestIn(folder: string): string | undefined {
  const below = (path: string): string[] =>
    readdirSync(path)
      .map((name) => join(path, name))
      .filter(isFolder);
  const runs = below(folder).flatMap((path) => [path, ...below(path)]);
  return runs
    .map((path) => join(path, HISTORY))
    .filter((path) => existsSync(path))
    .reduce<string | undefined>(
      (last, path) => (last === undefined || begun(path) > begun(last) ? path : last),
      undefined,
    );
}

function begun(history: string): string {
  return basename(dirname(history));
}

function binary(file: string, hasHistory: boolean): UsageError {
  const message = `${file} is in a binary format that only Jepsen reads`;
  return new UsageError(
    'file',
    message,
    hasHistory ? `give ${HISTORY}, which lies beside it` : `its ${HISTORY} is needed`,
  );
}
