import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 5;

export interface ProcessRun {
  readonly wallMs: number;
  /** The most memory that it had, or what it started, whichever had more; looked up every few milliseconds, 0 where the system does not say. */
  readonly peakMb: number;
  /** Its exit status, or `ended` when its time was up. */
  readonly status: number | 'ended';
}

/** Runs a command to its end, what it prints thrown away. @throws Error when there is no such command. */
export function timeProcess(command: readonly string[], timeoutMs: number): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    // A group of its own, so that what a wrapping script has started is ended with it.
    const child = spawn(command[0]!, command.slice(1), { stdio: 'ignore', detached: true });
    let peakMb = 0;
    let ended = false;
    const look = (): void => {
      if (child.pid === undefined) return;
      peakMb = Math.max(peakMb, peakMbOf(child.pid));
      if (ended || performance.now() - begun <= timeoutMs) return;
      ended = true;
      process.kill(-child.pid, 'SIGKILL');
    };
    const looking = setInterval(look, LOOK_EVERY_MS);
    look();
    child.once('error', (error) => {
      clearInterval(looking);
      reject(error);
    });
    child.once('exit', (code) => {
      clearInterval(looking);
      resolve({ wallMs: performance.now() - begun, peakMb, status: ended ? 'ended' : (code ?? -1) });
    });
  });
}

function peakMbOf(pid: number): number {
  try {
    const own = Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return Math.max(own, ...children.map((child) => peakMbOf(Number(child))));
  } catch {
    // It has just ended, or this system has no such file.
    return 0;
  }
}

/** The words of a command line with `{file}` and `{model}` filled in. */
export function filledCommand(template: string, file: string, model: string): readonly string[] {
  const words = template.split(' ').filter((word) => word !== '');
  return words.map((word) => word.replaceAll('{file}', file).replaceAll('{model}', model));
}
