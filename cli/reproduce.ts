import type { Settings } from '../scenarios/index.js';

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command line that does the same run again. */
export function reproduceLine(target: string, seed: string, settings: Settings, bug?: string): string {
  const words = ['npx splitbrain run', shellWord(target), '--seed', shellWord(seed)];
  for (const [key, value] of Object.entries(settings)) words.push('--set', shellWord(`${key}=${value}`));
  if (bug !== undefined) words.push('--bug', shellWord(bug));
  return words.join(' ');
}
