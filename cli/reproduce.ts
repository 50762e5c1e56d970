import { legible } from '../checkers/index.js';
import type { Settings } from '../scenarios/index.js';

/** A text as one word of a shell: of POSIX, and where it holds what a terminal would act on, of bash, zsh and ksh. */
export function shellWord(text: string): string {
  if (legible(text) !== text) return `$'${legible(text.replaceAll(/[\\']/g, String.raw`\$&`))}'`;
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command line that does the same run again, or with `open` shows it. */
export function commandLine(
  verb: 'run' | 'open',
  target: string,
  seed: string,
  settings: Settings,
  bug?: string,
  online?: boolean,
): string {
  // A seed with a leading dash would be an option.
  const seedWords = seed.startsWith('-') ? `--seed=${shellWord(seed)}` : `--seed ${shellWord(seed)}`;
  const words = [`npx splitbrain ${verb}`, shellWord(target), seedWords];
  for (const [key, value] of Object.entries(settings)) words.push('--set', shellWord(`${key}=${value}`));
  if (bug !== undefined) words.push('--bug', shellWord(bug));
  if (online === true) words.push('--online');
  return words.join(' ');
}

/** The lines to copy after a run from a file. */
export function fileLines(file: string): { readonly reproduce: string; readonly look: string } {
  return { reproduce: `npx splitbrain replay ${shellWord(file)}`, look: `npx splitbrain open ${shellWord(file)}` };
}

/** The lines to copy after a run; what is looked at goes on to its end. */
export function runLines(
  target: string,
  seed: string,
  settings: Settings,
  bug?: string,
  online?: boolean,
): { readonly reproduce: string; readonly look: string } {
  return {
    reproduce: commandLine('run', target, seed, settings, bug, online),
    look: commandLine('open', target, seed, settings, bug),
  };
}
