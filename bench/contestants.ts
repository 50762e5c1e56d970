import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peer } from './goals.js';

export type ContestantName = Peer | 'ours-bare' | 'ours-all-in';

/** One line of the table: how to run it, or why it cannot be run here. */
export interface Contestant {
  readonly name: ContestantName;
  readonly says: string;
  /** Of the events that the workload has for the others: 1, or less for who is slow. Figures are per event. */
  readonly share: number;
  prepare(): Readiness;
}

export type Readiness =
  | { readonly ready: true; readonly command: readonly string[]; readonly version: string }
  | { readonly ready: false; readonly missing: string; readonly install: string };

/** The folder with `package.json`; this file runs from `dist/bench`. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const CACHE = join(ROOT, 'node_modules', '.cache', 'bench');
const SYSTEM_PYTHON = '/usr/bin/python3';

function run(command: string, args: readonly string[]): { ok: boolean; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { ok: status === 0, stdout: stdout ?? '', stderr: stderr ?? '' };
}

function compilerVersion(): string | undefined {
  const { ok, stdout } = run('g++', ['-dumpfullversion']);
  return ok ? stdout.trim() : undefined;
}

const NO_COMPILER: Readiness = { ready: false, missing: 'g++', install: 'apt-get install g++' };

/** Compiles every time: it takes two seconds, and a binary that is older than its source would measure something else. */
function compile(source: string, libraries: readonly string[], version: string): Readiness {
  mkdirSync(CACHE, { recursive: true });
  const binary = join(CACHE, source.replace(/\.cpp$/, ''));
  const built = run('g++', ['-O2', '-std=c++17', '-o', binary, join(ROOT, 'bench', 'peers', source), ...libraries]);
  if (!built.ok) throw new Error(`g++ refuses bench/peers/${source}:\n${built.stderr}`);
  return { ready: true, command: [binary], version };
}

function ns3Version(): string | undefined {
  const { ok, stdout } = run('pkg-config', ['--modversion', 'ns3-core']);
  if (ok) return stdout.trim();
  return ['/usr/include', '/usr/local/include'].some((folder) => existsSync(join(folder, 'ns3', 'core-module.h')))
    ? 'unknown'
    : undefined;
}

function pythonWithSimpy(): { command: string; version: string } | undefined {
  // Debian's python3-simpy3 belongs to the system's Python, which need not be the first on the path.
  for (const command of [SYSTEM_PYTHON, 'python3']) {
    const { ok, stdout } = run(command, [
      '-c',
      'import platform, simpy; print(simpy.__version__, "on Python", platform.python_version())',
    ]);
    if (ok) return { command, version: stdout.trim() };
  }
  return undefined;
}

function nodeScript(script: string, args: readonly string[] = []): Readiness {
  return {
    ready: true,
    command: [process.execPath, join(ROOT, 'dist', 'bench', script), ...args],
    version: process.version,
  };
}

export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'cpp',
    says: 'C++ loop on std::priority_queue',
    share: 1,
    prepare() {
      const version = compilerVersion();
      return version === undefined ? NO_COMPILER : compile('event-loop.cpp', [], `g++ ${version}`);
    },
  },
  {
    name: 'ns-3',
    says: 'ns-3 simulator core, map scheduler',
    share: 1,
    prepare() {
      const ns3 = ns3Version();
      if (ns3 === undefined) return { ready: false, missing: 'ns-3', install: 'apt-get install libns3-dev g++' };
      // Not what pkg-config says: Debian's file asks for libraries that its package does not depend on.
      return compilerVersion() === undefined
        ? NO_COMPILER
        : compile('ns3-scheduler.cpp', ['-lns3-core'], `ns-3 ${ns3}`);
    },
  },
  {
    name: 'simjs',
    says: 'simjs entities, in Node',
    share: 1,
    prepare: () =>
      existsSync(join(ROOT, 'node_modules', 'simjs'))
        ? nodeScript('peers/simjs-entities.js')
        : { ready: false, missing: 'simjs', install: 'npm install' },
  },
  {
    name: 'simpy',
    says: 'SimPy, callbacks on timeouts',
    share: 0.1,
    prepare() {
      const python = pythonWithSimpy();
      if (python === undefined) {
        return { ready: false, missing: 'SimPy', install: 'apt-get install python3-simpy3 (or: pip install simpy)' };
      }
      const script = join(ROOT, 'bench', 'peers', 'simpy-callbacks.py');
      return { ready: true, command: [python.command, script], version: `SimPy ${python.version}` };
    },
  },
  {
    name: 'ours-bare',
    says: 'ours, bare: headers in the digest, no trace',
    share: 1,
    prepare: () => nodeScript('ours/contestant.js', ['bare']),
  },
  {
    name: 'ours-all-in',
    says: 'ours, all-in: trace and content digest',
    share: 1,
    prepare: () => nodeScript('ours/contestant.js', ['all-in']),
  },
];
