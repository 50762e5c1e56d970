import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Fence } from '../tidy/repository.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const PROMPT = '$ npx splitbrain ';

export interface Outcome {
  /** What was printed: to stdout, or to stderr when there was nothing on stdout. */
  readonly output: string;
  readonly status: number;
}

/** Runs the command as `npx splitbrain` would in this folder. */
export async function splitbrain(command: string, cwd: string): Promise<Outcome> {
  const args = [`${root}bin/splitbrain.js`, ...command.split(' ')];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  try {
    const { stdout } = await run(process.execPath, args, { cwd, env });
    return { output: stdout, status: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { output: stdout === '' ? stderr : stdout, status: code };
  }
}

/** The command of a `console` block, which shows one command and what it prints. */
export function commandsOf(fence: Fence): string[] {
  return fence.info === 'console' ? [fence.text.split('\n')[0]!] : [];
}

/** A test for each command of the block. The first shown line says how the command ends: ✗ with 1, all others with 0. */
export function itShowsWhatHappens(fence: Fence, folder: string): void {
  for (const prompt of commandsOf(fence)) {
    it(`line ${fence.line}: ${prompt}`, { timeout: 60_000 }, async () => {
      expect(prompt.startsWith(PROMPT)).toBe(true);
      const shown = fence.text.split('\n').slice(1);
      const { output, status } = await splitbrain(prompt.slice(PROMPT.length), folder);
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
