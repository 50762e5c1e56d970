import { extname } from 'node:path';
import { writeJepsen, writeJsonl } from '../checkers/index.js';
import type { HistoryEvent } from '../engine/index.js';
import { writeWhole } from './files.js';

/** Writes a history: Jepsen's EDN where the name ends in `.edn`, our JSON lines otherwise. */
export function writeHistoryFile(file: string, history: readonly HistoryEvent[]): void {
  writeWhole(file, [extname(file) === '.edn' ? writeJepsen(history) : writeJsonl(history)]);
}
