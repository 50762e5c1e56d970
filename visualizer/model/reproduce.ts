import type { TraceHeader } from '../../engine/index.js';

/** The command line that runs this again. */
export function reproduceLine(header: TraceHeader): string {
  const parts = ['npx splitbrain run', quote(header.file ?? header.scenario), '--seed', quote(header.seed)];
  if (header.bug !== undefined) parts.push('--bug', quote(header.bug));
  for (const [key, value] of Object.entries(header.settings)) parts.push('--set', quote(`${key}=${value}`));
  return parts.join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
