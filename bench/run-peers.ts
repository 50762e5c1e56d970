import { parseArgs } from 'node:util';
import { compare, ratiosOf, type Runnable } from './compare.js';
import { CONTESTANTS, type Contestant, type Readiness } from './contestants.js';
import { ratiosTable, timesTable } from './report.js';
import { WORKLOADS, workloadNamed, type Workload } from './workloads.js';

const USAGE = `usage: npm run bench:peers -- [options]
  --rounds N        interleaved rounds (7)
  --events N        events of one simulation (1000000)
  --workload NAME   only this one; may be repeated (${WORKLOADS.map((each) => each.name).join(', ')})
  --only NAME       only this contestant; may be repeated (${CONTESTANTS.map((each) => each.name).join(', ')})
  --warm-ms N       CPU time of warm-up in each process (500)
  --measure-ms N    CPU time to measure in each process, at least (500)
  --json            one JSON value on stdout, progress on stderr`;

interface Settings {
  readonly rounds: number;
  readonly events: number;
  readonly warmMs: number;
  readonly measureMs: number;
  readonly workloads: readonly Workload[];
  readonly contestants: readonly Contestant[];
  readonly json: boolean;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1, not '${text}'`);
  return value;
}

function contestantNamed(name: string): Contestant {
  const found = CONTESTANTS.find((contestant) => contestant.name === name);
  if (found !== undefined) return found;
  throw new Error(`no contestant is named '${name}': there are ${CONTESTANTS.map((each) => each.name).join(', ')}`);
}

function settingsFrom(argv: readonly string[]): Settings | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '7' },
      events: { type: 'string', default: '1000000' },
      'warm-ms': { type: 'string', default: '500' },
      'measure-ms': { type: 'string', default: '500' },
      workload: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    rounds: positive('rounds', values.rounds),
    events: positive('events', values.events),
    warmMs: positive('warm-ms', values['warm-ms']),
    measureMs: positive('measure-ms', values['measure-ms']),
    workloads: values.workload?.map(workloadNamed) ?? WORKLOADS,
    contestants: values.only?.map(contestantNamed) ?? CONTESTANTS,
    json: values.json,
  };
}

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(settings: Settings): Promise<void> {
  const readiness = new Map<Contestant, Readiness>();
  for (const contestant of settings.contestants) {
    const state = contestant.prepare();
    readiness.set(contestant, state);
    progress(state.ready ? `${contestant.name}: ${state.version}` : `${contestant.name}: not here. ${state.install}`);
  }
  const runnables = [...readiness].flatMap(([contestant, state]): Runnable[] =>
    state.ready ? [{ contestant, readiness: state }] : [],
  );
  const rows = await compare(runnables, { ...settings, progress });
  const ratios = ratiosOf(rows);
  const clock = rows[0]?.measurements[0]?.clock ?? 'none';
  if (settings.json) {
    const contestants = [...readiness].map(([{ name, says }, state]) => ({ name, says, ...state }));
    const { rounds, events } = settings;
    process.stdout.write(`${JSON.stringify({ rounds, events, clock, contestants, rows, ratios })}\n`);
    return;
  }
  const lines = [
    '',
    `CPU nanoseconds per event, median (min–max) of ${settings.rounds} rounds`,
    timesTable(settings.contestants, settings.workloads, rows),
  ];
  if (ratios.length > 0) {
    lines.push(
      '',
      'Our speed as a multiple of theirs, per round; beside it the goal',
      ratiosTable(settings.workloads, ratios),
    );
  }
  if (clock === 'cpuUsage')
    lines.push('', 'This system has no schedstat: times are of whole processes, helper threads included.');
  for (const [contestant, state] of readiness) {
    if (!state.ready) lines.push('', `${contestant.says}: missing ${state.missing}. To have it: ${state.install}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

let settings: Settings | 'help';
try {
  settings = settingsFrom(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(2);
}
if (settings === 'help') process.stdout.write(`${USAGE}\n`);
else await main(settings);
