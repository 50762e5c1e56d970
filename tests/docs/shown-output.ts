import { expect, it } from 'vitest';
import type { Workplace } from '../cli/workplace.js';
import type { Fence } from '../tidy/repository.js';

const PROMPT = '$ npx splitbrain ';

export interface Outcome {
  /** What was printed: to stdout, or to stderr when there was nothing on stdout. */
  readonly output: string;
  readonly status: number | null;
}

/** Runs the command as `npx splitbrain` would in this folder. */
export async function splitbrain(command: string, place: Workplace): Promise<Outcome> {
  const { status, stdout, stderr } = await place.run(command.split(' '));
  return { output: stdout === '' ? stderr : stdout, status };
}

/** The command of a `console` block, which shows one command and what it prints. */
export function commandsOf(fence: Fence): string[] {
  return fence.info === 'console' ? [fence.text.split('\n')[0]!] : [];
}

/** A test for each command of the block. The first shown line says how the command ends: ✗ with 1, all others with 0. */
export function itShowsWhatHappens(fence: Fence, place: Workplace): void {
  for (const prompt of commandsOf(fence)) {
    it(`line ${fence.line}: ${prompt}`, { timeout: 60_000 }, async () => {
      expect(prompt.startsWith(PROMPT)).toBe(true);
      const shown = fence.text.split('\n').slice(1);
      const { output, status } = await splitbrain(prompt.slice(PROMPT.length), place);
      expect(missing(shown, output), output).toEqual([]);
      expect(status).toBe(shown[0]!.startsWith('✗') ? 1 : 0);
    });
  }
}

/**
 * What of the shown lines is not in the output at its place. A line `…` stands for lines left out, and ` …` at a line's end for
 * the rest of that line.
 */
export function missing(shown: readonly string[], output: string): string[] {
  const lines = output.trimEnd().split('\n');
  let at = 0;
  let skipping = false;
  for (const line of shown) {
    if (line === '…') {
      skipping = true;
      continue;
    }
    const fits = line.endsWith(' …')
      ? (one: string | undefined): boolean => one?.startsWith(line.slice(0, -1)) === true
      : (one: string | undefined): boolean => one?.trimEnd() === line;
    while (skipping && at < lines.length && !fits(lines[at])) at++;
    if (!fits(lines[at])) return [line];
    skipping = false;
    at++;
  }
  return skipping || at === lines.length ? [] : [`nothing more, but the output goes on: ${lines[at]}`];
}
