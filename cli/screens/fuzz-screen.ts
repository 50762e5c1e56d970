import { legible } from '../../checkers/index.js';
import type { CampaignState } from '../../fuzz/index.js';
import type { Terminal } from '../terminal.js';
import { counted, label, paragraph, wrapped } from './layout.js';
import { legibleReport } from './legible-report.js';

const SHOWN_MAX = 10;

export interface FoundFailure {
  readonly seed: string;
  readonly property: string | null;
  readonly file: string;
}

/** How a campaign ended: what it found beside the failure already shown, what it reached, and what its silence is worth. */
export function fuzzScreen(
  target: string,
  state: CampaignState,
  failures: readonly FoundFailure[],
  interrupted: boolean,
  terminal: Terminal,
): string {
  const { paint } = terminal;
  const lines: string[] = [];
  for (const { seed, property, file } of legibleReport(failures.slice(1, SHOWN_MAX))) {
    lines.push(`  also seed ${seed}: ${property ?? ''}   ${paint('dim', file)}`);
  }
  if (failures.length > SHOWN_MAX) lines.push(`  and ${failures.length - SHOWN_MAX} more, in the same folder`);
  const found = failures.length > 0;
  const mark = found
    ? paint('red', '✗')
    : state.undecided > 0 || interrupted
      ? paint('magenta', '?')
      : paint('green', '✓');
  const rate = Math.round(state.runs / Math.max(0.001, state.seconds));
  const parts = [counted(failures.length, 'failure')];
  if (state.undecided > 0) parts.push(`${state.undecided} undecided`);
  if (interrupted) parts.push('interrupted');
  const runs = `${counted(state.runs, 'run')} in ${state.seconds.toFixed(1)} s (${rate} a second)`;
  lines.push(`${mark} ${paint('bold', legible(target))}   ${runs}   ${parts.join(', ')}`);
  const marks = Object.entries(legibleReport(state.marks)).map(([name, count]) => `${name} ×${count}`);
  if (marks.length > 0) lines.push(...wrapped('reached', marks, terminal));
  else if (state.runs > 0) lines.push(label('reached', 'no mark at all: did anything happen in these runs?', terminal));
  if (state.runs > 0) lines.push(...faultLines(state, terminal));
  if (!found && state.runs > 0) lines.push(...ruleOfThree(state.runs, terminal));
  return lines.join('\n');
}

/** What struck, and what the campaign says nothing about, as it never did. */
function faultLines({ faults }: CampaignState, terminal: Terminal): string[] {
  const { struck, neverStruck } = legibleReport(faults);
  const counts = Object.entries(struck).map(([family, times]) => `${family} ×${times}`);
  const lines =
    counts.length > 0 ? wrapped('faults', counts, terminal) : [label('faults', 'none struck in any run', terminal)];
  neverStruck.forEach((what, i) =>
    lines.push(...wrapped(i === 0 ? 'never struck' : '', what.split(' '), terminal, ' ')),
  );
  return lines;
}

/** Below it, 3/n is no good approximation, and nothing to rely on. */
const TELLING_RUNS = 30;

/** With no failure in n runs, the rate is below 3/n at 95 %, under this distribution of faults. */
function ruleOfThree(runs: number, terminal: Terminal): string[] {
  const bound =
    runs < TELLING_RUNS
      ? 'too few to say how rare failures are'
      : `fewer than ${(300 / runs).toPrecision(2)} % of such runs fail, at 95 % confidence`;
  const text = `no failure in ${counted(runs, 'run')}: ${bound}`;
  return paragraph(text, 2, terminal).map((line) => terminal.paint('dim', line));
}
