import { extname } from 'node:path';
import { writeEtcdLog, writeJepsen, writeJsonl, writePorcupineKv } from '../checkers/index.js';
import { UsageError, type HistoryEvent } from '../engine/index.js';
import { writeWhole } from './files.js';

/** By the endings that such files have where they come from. */
const WRITERS = new Map<string, (history: readonly HistoryEvent[]) => string>([
  ['.edn', (history) => writeJepsen(history)],
  ['.txt', writePorcupineKv],
  ['.log', writeEtcdLog],
]);

/** What its option says of it. */
export const HISTORY_ENDINGS = 'JSON lines; .edn as Jepsen; .txt, .log as the logs of kv and etcd that Porcupine reads';

/**
 * Writes a history in the format that the file's name ends in, JSON lines otherwise.
 *
 * @throws UsageError for what the format cannot say; then nothing is written.
 */
export function writeHistoryFile(file: string, history: readonly HistoryEvent[]): void {
  const write = WRITERS.get(extname(file)) ?? writeJsonl;
  let text: string;
  try {
    text = write(history);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError('history-format', `${file}: ${error.message}`, 'a name that ends in .jsonl or .edn takes all');
  }
  writeWhole(file, [text]);
}
