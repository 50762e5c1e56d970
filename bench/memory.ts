import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Simulation, type AnyProtocol } from '../engine/index.js';
import { MEMORY_GOALS } from './goals.js';
import { crowd, flood } from './ours/crowd.js';
import { table } from './report.js';
import { LATENCY_US_MIN } from './workloads.js';

/** What a fresh process found. */
interface MemoryUse {
  readonly subject: string;
  readonly count: number;
  /** Heap and buffers that are still reachable, per one. */
  readonly bytesEach: number;
  /** The most that the process ever had of the machine's memory, Node itself (some 45 MB) included. */
  readonly peakBytes: number;
}

interface Subject {
  readonly name: string;
  readonly count: number;
  readonly goalBytesEach: number;
  readonly protocol: AnyProtocol;
  readonly nodes: number;
  readonly options?: Readonly<Record<string, number>>;
}

const MILLION = 1_000_000;
const SENDERS = 1_000;

const SUBJECTS: readonly Subject[] = [
  {
    name: 'node with its timer',
    count: MILLION,
    goalBytesEach: MEMORY_GOALS.bytesPerNode,
    protocol: crowd,
    nodes: MILLION,
  },
  {
    name: 'message in flight',
    count: MILLION,
    goalBytesEach: MEMORY_GOALS.bytesPerMessage,
    protocol: flood,
    nodes: SENDERS,
    options: { messages: MILLION / SENDERS },
  },
];

/** Reachable heap, and buffers outside it. */
function reachableBytes(collect: NodeJS.GCFunction): number {
  void collect();
  void collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function simulationOf(subject: Subject, nodes: number): Simulation {
  return new Simulation({
    protocol: subject.protocol,
    nodes,
    ...(subject.options === undefined ? {} : { options: subject.options }),
    seed: 'bench',
    // Before the first timer is due and the first message arrives: all of them wait.
    until: LATENCY_US_MIN - 1,
    digest: 'header',
    trace: 'off',
  });
}

/** Runs in a process of its own, with `--expose-gc`. */
function measureSubject(subject: Subject): MemoryUse {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('the memory of a subject is measured in a process with --expose-gc');
  // A small one first: compiled code and what is made once are none of a node's or a message's.
  simulationOf(subject, 10).run();
  const before = reachableBytes(gc);
  const simulation = simulationOf(subject, subject.nodes);
  const result = simulation.run();
  const after = reachableBytes(gc);
  const { steps, sent, delivered } = result.statistics;
  if (result.ending !== 'finished' || steps !== subject.nodes || delivered !== 0) {
    throw new Error(`${subject.name}: ${result.ending} after ${steps} steps, ${sent} sent, ${delivered} delivered`);
  }
  if (subject.protocol === flood && sent !== subject.count) throw new Error(`${sent} messages are in flight`);
  // Used after the measurement, so that it was reachable in it.
  if (simulation.events === 0) throw new Error('nothing happened');
  return {
    subject: subject.name,
    count: subject.count,
    bytesEach: (after - before) / subject.count,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function inFreshProcess(subject: Subject): MemoryUse {
  const script = fileURLToPath(import.meta.url);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', script, '--subject', subject.name], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${subject.name}: status ${String(status)}\n${stderr}`);
  return JSON.parse(stdout) as MemoryUse;
}

function main(json: boolean): void {
  const rows = SUBJECTS.map((subject) => {
    process.stderr.write(`${subject.count.toLocaleString('en')} × ${subject.name}\n`);
    const use = inFreshProcess(subject);
    const goalPeakBytes = MEMORY_GOALS.totalBytesMax;
    const met = use.bytesEach <= subject.goalBytesEach && use.peakBytes <= goalPeakBytes;
    return { ...use, goalBytesEach: subject.goalBytesEach, goalPeakBytes, met };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ node: process.version, rows })}\n`);
    return;
  }
  const lines = rows.map((row) => [
    `${row.count.toLocaleString('en')} × ${row.subject}`,
    `${row.bytesEach.toFixed(0)} bytes ${row.bytesEach <= row.goalBytesEach ? '✓' : '✗'} ≤ ${row.goalBytesEach}`,
    `peak ${(row.peakBytes / 1e6).toFixed(0)} MB ${row.peakBytes <= row.goalPeakBytes ? '✓' : '✗'} ≤ ${row.goalPeakBytes / 1e6}`,
  ]);
  process.stdout.write(`${table(lines)}\n`);
}

const [flag, name] = process.argv.slice(2);
const subject = SUBJECTS.find((each) => each.name === name);
if (flag === '--subject' && subject !== undefined) {
  process.stdout.write(`${JSON.stringify(measureSubject(subject))}\n`);
} else if (flag === undefined || flag === '--json') {
  main(flag === '--json');
} else {
  process.stderr.write('usage: npm run bench:memory -- [--json]\n');
  process.exit(2);
}
