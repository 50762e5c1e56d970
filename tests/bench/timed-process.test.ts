import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { filledCommand, timeProcess } from '../../bench/timed-process.js';

const node = (script: string): string[] => [process.execPath, '-e', script];

/** `Z` for one that ended and that nobody has asked after; nothing for one that is gone. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

describe('a process that is timed', () => {
  test('its exit status, and its memory with that of what it started', async () => {
    const child = 'Buffer.alloc(150e6, 1); setTimeout(() => {}, 100)';
    const wrapper = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}]); process.exit(3)`;
    const { status, wallMs, peakMb } = await timeProcess(node(wrapper), 60_000);
    expect(status).toBe(3);
    expect(wallMs).toBeGreaterThan(100);
    if (process.platform === 'linux') expect(peakMb).toBeGreaterThan(150);
  });
  test.runIf(process.platform === 'linux')('it is ended when its time is up, and what it started with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timed-'));
    const file = join(folder, 'pid');
    const { status } = await timeProcess(['sh', '-c', `sleep 60 & echo $! > ${file}; wait`], 1_000);
    expect(status).toBe('ended');
    const started = Number(readFileSync(file, 'utf8'));
    expect(started).toBeGreaterThan(0);
    await vi.waitFor(() => expect(['', 'Z']).toContain(stateOf(started)), { timeout: 10_000 });
    rmSync(folder, { recursive: true });
  });
  test('a command that there is none of is an error', async () => {
    await expect(timeProcess(['no-such-command-here'], 1_000)).rejects.toThrow('ENOENT');
  });
  test('a command line is filled in, word by word', () => {
    expect(filledCommand('check  {file} --model={model}', 'a b.log', 'kv')).toEqual(['check', 'a b.log', '--model=kv']);
  });
});
