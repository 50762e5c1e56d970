import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type * as Main from '../../cli/main.js';
import type * as PoolModule from '../../cli/pool.js';
import type * as TerminalModule from '../../cli/terminal.js';

const bin = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));
const dist = new URL('../../dist/cli/', import.meta.url);
const { execute, report } = (await import(`${dist.href}main.js`)) as typeof Main;
const { Pool } = (await import(`${dist.href}pool.js`)) as typeof PoolModule;
const { terminalOf } = (await import(`${dist.href}terminal.js`)) as typeof TerminalModule;

export interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the terminal that standard error then is. */
  readonly columns?: number;
}

/**
 * A folder of its own in which the command runs, as users run it, where there is no terminal. A process takes a second to
 * start, so `run` does without one: tests of the process itself, of its standard input and of signals `spawn` it.
 */
export class Workplace {
  readonly folder: string;
  private readonly pool = new Pool();

  constructor(within = tmpdir()) {
    mkdirSync(within, { recursive: true });
    this.folder = mkdtempSync(join(within, 'splitbrain-'));
  }

  /** Runs the command to its end: in this process, unless it reads standard input. */
  async run(argv: readonly string[], options: Surroundings = {}): Promise<Done> {
    if (argv.includes('-')) return this.spawn(argv, options);
    // A thread that ran many seeds remembers their scenario, which a test may have written anew.
    const pool = argv[0] === 'fuzz' || argv.includes('--seeds') ? new Pool() : this.pool;
    const done = { stdout: '', stderr: '' };
    const tty = options.columns === undefined ? {} : { isTTY: true, columns: options.columns };
    const terminal = terminalOf({
      stdout: { write: (text) => void (done.stdout += text) },
      stderr: { ...tty, write: (text) => void (done.stderr += text) },
      env: { ...environment(), ...options.env },
    });
    const before = process.cwd();
    process.chdir(this.folder);
    try {
      const context = { terminal, pool, interrupted: () => false };
      const status = await execute(argv, context).catch((error: unknown) => report(error, terminal));
      return { status, ...done };
    } finally {
      process.chdir(before);
      if (pool !== this.pool) await pool.close();
    }
  }

  /** Runs the command to its end, in a process of its own. */
  spawn(argv: readonly string[], options: Surroundings = {}): Done {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv], {
      cwd: this.folder,
      encoding: 'utf8',
      input: options.input ?? '',
      env: { ...environment(), ...options.env },
      maxBuffer: 1e9,
      timeout: 50_000,
    });
    return { status, stdout, stderr };
  }

  /** What is told where the command is refused: status 2, nothing on stdout, a message without a stack. */
  async refusal(argv: readonly string[], options: Surroundings = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(argv, options);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toMatch(/\n\s+at /);
    return stderr;
  }

  /** Runs the command without waiting for it. */
  start(argv: readonly string[]): ChildProcess {
    return spawn(process.execPath, [bin, ...argv], { cwd: this.folder, env: environment() });
  }

  /** How the command ends that is interrupted in its work: later, where it had not begun yet and the signal itself ended it. */
  async interrupted(argv: readonly string[]): Promise<Done> {
    for (let afterMs = 1_000; ; afterMs *= 2) {
      const child = this.start(argv);
      setTimeout(() => child.kill('SIGINT'), afterMs);
      const done = await ended(child);
      if (child.signalCode === null) return done;
    }
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  write(file: string, text: string | Uint8Array): string {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
    return file;
  }

  async remove(): Promise<void> {
    await this.pool.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Without what this terminal may have set. */
function environment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NO_COLOR: __, SPLITBRAIN_HANG_MS: ___, ...rest } = process.env;
  return rest;
}

/** Waits for a child and gathers what it says. */
export async function ended(child: ChildProcess): Promise<Done> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

/** A protocol in one file, whose handlers a test gets wrong on purpose. */
export function toyScenario(change: {
  readonly onMessage?: string;
  readonly onTimer?: string;
  readonly outside?: string;
  readonly more?: string;
}): string {
  return `import { defineProtocol, invariant } from 'splitbrain';
import { defineScenario } from 'splitbrain/scenarios';
${change.outside ?? ''}
const toy = defineProtocol<any>({
  name: 'toy',
  source: 'a test',
  durable: () => ({ seen: 0 }),
  volatile: () => ({ last: 0 }),
  onStart(node: any) { node.setTimer('tick', 10000); },
  onMessage: { Ping(node: any, message: any, from: any) { ${change.onMessage ?? 'node.durable.seen++;'} } },
  onTimer: { tick(node: any) { ${change.onTimer ?? ''} node.setTimer('tick', 10000); node.broadcast({ type: 'Ping', value: { n: node.durable.seen } }); } },
  onRequest: {},
  ${change.more ?? ''}
} as any);
export const scenario = defineScenario({ protocol: toy, name: 'toy', summary: 'Pings go round.', nodes: 3, until: '200ms' });
`;
}
