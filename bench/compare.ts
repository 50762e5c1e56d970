import { spawn } from 'node:child_process';
import type { Contestant, ContestantName, Readiness } from './contestants.js';
import { GOALS, type Mode, type Peer } from './goals.js';
import type { Measurement } from './measure.js';
import { spread, type Spread } from './statistics.js';
import type { Workload, WorkloadName } from './workloads.js';

export interface ComparisonOptions {
  /** Every round runs every contestant once on every workload, in turn, each in a process of its own. */
  readonly rounds: number;
  /** Events of one simulation. */
  readonly events: number;
  readonly warmMs: number;
  readonly measureMs: number;
  readonly workloads: readonly Workload[];
  progress(line: string): void;
}

export interface Runnable {
  readonly contestant: Contestant;
  readonly readiness: Readiness & { ready: true };
}

export interface Ratio {
  readonly mode: Mode;
  readonly peer: Peer;
  readonly workload: WorkloadName;
  /** Our speed as a multiple of the peer's, round by round. */
  readonly speed: Spread;
  readonly goal: number;
  readonly met: boolean;
}

export interface Row {
  readonly contestant: ContestantName;
  readonly workload: WorkloadName;
  readonly nsPerEvent: Spread;
  readonly processNsPerEvent: Spread;
  /** One measurement a round. */
  readonly measurements: readonly Measurement[];
}

/** Runs the rounds. @throws Error when a contestant does other work than the workload says. */
export async function compare(runnables: readonly Runnable[], options: ComparisonOptions): Promise<Row[]> {
  const measured = new Map<string, Measurement[]>();
  for (let round = 1; round <= options.rounds; round++) {
    for (const workload of options.workloads) {
      for (const runnable of runnables) {
        const measurement = await runOnce(runnable, workload, options);
        const key = `${runnable.contestant.name} ${workload.name}`;
        measured.set(key, [...(measured.get(key) ?? []), measurement]);
        options.progress(`round ${round}/${options.rounds}  ${key}  ${measurement.nsPerEvent.toFixed(1)} ns per event`);
      }
    }
  }
  return runnables.flatMap(({ contestant }) =>
    options.workloads.map((workload) =>
      rowOf(contestant, workload, measured.get(`${contestant.name} ${workload.name}`) ?? []),
    ),
  );
}

function rowOf(contestant: Contestant, workload: Workload, measurements: readonly Measurement[]): Row {
  return {
    contestant: contestant.name,
    workload: workload.name,
    nsPerEvent: spread(measurements.map((each) => each.nsPerEvent)),
    processNsPerEvent: spread(measurements.map((each) => each.processNsPerEvent)),
    measurements,
  };
}

async function runOnce(runnable: Runnable, workload: Workload, options: ComparisonOptions): Promise<Measurement> {
  const events = Math.round(options.events * runnable.contestant.share);
  const [command = '', ...args] = runnable.readiness.command;
  const stdout = await output(command, [
    ...args,
    workload.name,
    String(events),
    String(options.warmMs),
    String(options.measureMs),
  ]);
  const measurement = JSON.parse(stdout) as Measurement;
  assertSameWork(runnable.contestant.name, measurement, workload, workload.roundsFor(events));
  return measurement;
}

/** A contestant that does less is faster: all must count the same events and come to the same sums. */
export function assertSameWork(name: string, measurement: Measurement, workload: Workload, rounds: number): void {
  const expected = { events: workload.eventsOf(rounds), checksum: workload.checksumOf(rounds) };
  if (measurement.events === expected.events && measurement.checksum === expected.checksum) return;
  throw new Error(
    `${name} did other work in ${workload.name}: ${measurement.events} events with checksum ${measurement.checksum}, ` +
      `expected ${expected.events} with ${expected.checksum}`,
  );
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(text);
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `status ${status}`}`));
    });
  });
}

/** Ratios are taken within a round, where the machine was in the same mood, and then summarised. */
export function ratiosOf(rows: readonly Row[]): Ratio[] {
  const ratios: Ratio[] = [];
  for (const mode of ['bare', 'all-in'] as const) {
    for (const peer of Object.keys(GOALS) as Peer[]) {
      for (const ours of rows.filter((row) => row.contestant === `ours-${mode}`)) {
        const theirs = rows.find((row) => row.contestant === peer && row.workload === ours.workload);
        if (theirs === undefined) continue;
        const speed = spread(
          ours.measurements.map((mine, round) => (theirs.measurements[round]?.nsPerEvent ?? NaN) / mine.nsPerEvent),
        );
        const goal = GOALS[peer][mode][ours.workload];
        ratios.push({ mode, peer, workload: ours.workload, speed, goal, met: speed.median >= goal });
      }
    }
  }
  return ratios;
}
