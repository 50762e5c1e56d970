import type { TraceFooter, TraceHeader } from '../../engine/index.js';

/** The command line that runs this again, up to where it was stopped. */
export function reproduceLine(header: TraceHeader, { ending }: Pick<TraceFooter, 'ending'>): string {
  const parts = ['npx splitbrain run', quote(header.file ?? header.scenario), '--seed', quote(header.seed)];
  if (header.bug !== undefined) parts.push('--bug', quote(header.bug));
  for (const [key, value] of Object.entries(header.settings)) parts.push('--set', quote(`${key}=${value}`));
  if (ending === 'stopped') parts.push('--online');
  return parts.join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
