import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { UsageError } from '../../engine/index.js';
import type { CapReport, CapStore } from '../../scenarios/index.js';
import { nearest } from '../../scenarios/nearest.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit.js';
import { checkOutputs, writeWhole } from '../files.js';
import { capSeedsOption, seedOption } from '../options.js';
import type { CapListing, CapRow } from '../cap-report.js';
import { capScreen } from '../screens/cap-screen.js';
import { seedsFrom } from '../seeds.js';

interface CapFlags {
  readonly seed: string;
  readonly seeds: number;
  readonly html?: string;
  readonly json?: boolean;
}

const SEEDS = 3;
const CONTROL = 'control';

export function addCap(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  program
    .command('cap')
    .summary('measure what stores do when the network is cut')
    .description(
      'Cuts the network of every store in five ways, probes every node on both sides, judges what clients saw, and derives what the store is: AP, CP or less. docs/cap.md says how.',
    )
    .argument('[store...]', 'only these protocols, such as raft or quorum (default: all)')
    .option('-s, --seed <seed>', 'the first seed', seedOption, '1')
    .option('-n, --seeds <n>', 'seeds a cut', capSeedsOption, SEEDS)
    .option('--html <file>', 'write a page with a picture of each cut')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      '\nExamples:\n  splitbrain cap\n  splitbrain cap abd --seeds 10\n  splitbrain cap --html cap.html',
    )
    .action(async (names: string[], flags: CapFlags) => {
      const { BOUND, capPage, capStores, SETTLING } = await import('../../scenarios/index.js');
      const chosen = chosenStores(names, capStores);
      checkOutputs([flags.html]);
      const reports = await measureAll(chosen, flags, context);
      context.terminal.settle();
      const shown = names.length === 0 || names.includes(CONTROL) ? reports : reports.slice(0, -1);
      if (flags.html !== undefined) writeWhole(flags.html, [capPage(shown)]);
      const control = reports.at(-1)!.cuts.some(({ verdict }) => verdict === 'refuted');
      const listing: CapListing = { rows: shown.map(rowOf), boundUs: BOUND, settlingUs: SETTLING, control };
      context.terminal.out(
        flags.json === true ? JSON.stringify(listing, null, 2) : capScreen(listing, context.terminal),
      );
      if (flags.html !== undefined) context.terminal.err(`wrote ${flags.html}`);
      done(control && !shown.some((one) => one.class === 'inadequate') ? EXIT.ok : EXIT.undecided);
    });
}

/** Indices into `stores`, the control always last: what it lets pass nobody can be judged by. */
function chosenStores(names: readonly string[], stores: readonly CapStore[]): number[] {
  const known = [...new Set(stores.map(({ protocol }) => protocol.name))];
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError('unknown-store', `there is no store ${JSON.stringify(name)}`, nearest(name, known));
  }
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name) || name === CONTROL;
  return stores.flatMap(({ protocol }, i) => (wanted(protocol.name) ? [i] : []));
}

async function measureAll(
  stores: readonly number[],
  flags: CapFlags,
  { pool, terminal }: CommandContext,
): Promise<CapReport[]> {
  const seeds = flags.seeds === 1 ? [flags.seed] : seedsFrom(flags.seed, flags.seeds);
  const reports: CapReport[] = [];
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    while (next < stores.length) {
      const at = next++;
      reports[at] = await pool.run({ kind: 'cap', store: stores[at]!, seeds });
      terminal.progress(`cap   ${++finished} of ${stores.length} stores`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return reports;
}

function rowOf({
  store,
  configuration,
  class: name,
  pacelc,
  noFault,
  cuts,
  losses,
  lossesBy,
  seeds,
  runs,
}: CapReport): CapRow {
  const [majority, minority] = cuts[0]!.bySide;
  return {
    store,
    configuration,
    class: name,
    pacelc: `${PARTITIONED[name]}/E${ELSE[pacelc.class]}`,
    noFault,
    majority: majority!,
    minority: minority!,
    else: pacelc,
    losses,
    lossesBy,
    cuts,
    seeds,
    runs,
  };
}

/** What is given up in a partition, in Abadi's letters; a dash where neither is kept, or nobody can tell. */
const PARTITIONED: Readonly<Record<CapReport['class'], string>> = {
  AP: 'PA',
  CP: 'PC',
  'read-only': 'P–',
  neither: 'P–',
  inadequate: 'P?',
  'depends on the bound': 'P?',
};
const ELSE: Readonly<Record<CapReport['pacelc']['class'], string>> = { L: 'L', C: 'C', neither: '–' };
