import { formatDuration } from '../engine/index.js';
import type { Phase } from '../scenarios/index.js';
import type { ExperimentRunReport, RunReport, StoryLine } from './reports.js';
import type { Terminal } from './terminal.js';

const STORY_LINES_MAX = 14;
const SEED_WIDTH = 3;

/** What a person reads after a run: the evidence first when something broke, then what happened, then the figures. */
export function runScreen(report: RunReport, terminal: Terminal): string {
  const failed = report.verdict === 'violation';
  return (failed ? failureScreen(report, terminal) : summaryScreen(report, terminal)).join('\n');
}

function headline(report: RunReport, terminal: Terminal): string {
  const { paint } = terminal;
  const name = paint('bold', report.scenario);
  const seed = `seed ${report.seed}`.padEnd(SEED_WIDTH);
  const bug = report.bug === undefined ? '' : `   bug ${report.bug}`;
  const about = `${seed}${bug}`;
  if (report.verdict === 'violation') {
    const properties = [...new Set(report.violations.map(({ property }) => property))].join(', ');
    const mark = report.expected ? paint('yellow', '✓ as expected:') : paint('red', '✗');
    return `${mark} ${name}   ${about}   ${paint(report.expected ? 'yellow' : 'red', `violation: ${properties}`)}`;
  }
  if (report.verdict === 'undecided') return `${paint('yellow', '?')} ${name}   ${about}   ${paint('yellow', `undecided: ${report.undecided}`)}`;
  if (!report.expected) return `${paint('red', '✗')} ${name}   ${about}   ${paint('red', `${report.expects} was expected, and did not come up`)}`;
  return `${paint('green', '✓')} ${name}   ${about}   ${paint('green', 'ok')}`;
}

function failureScreen(report: RunReport, terminal: Terminal): string[] {
  const { paint } = terminal;
  const lines = [headline(report, terminal)];
  for (const violation of report.violations) {
    const at = violation.time === undefined ? '' : paint('dim', `   at ${formatDuration(violation.time)}`);
    if (violation.property !== 'linearizable' || report.drawing === null) lines.push(`    ${violation.message}${at}`);
  }
  if (report.drawing !== null) lines.push(...report.drawing.split('\n').map((line) => `    ${line}`));
  lines.push('', ...storyLines(beforeViolation(report), terminal));
  lines.push('', figures(report, terminal), ...closing(report, terminal));
  return lines;
}

/** What led to the violation; what came after it explains nothing. */
function beforeViolation(report: RunReport): readonly StoryLine[] {
  const first = report.violations[0]?.time;
  const inconsistent = report.violations.some(({ property }) => property === 'linearizable');
  if (first === undefined || inconsistent) return report.story;
  return report.story.filter(({ timeUs }) => timeUs <= first);
}

function summaryScreen(report: RunReport, terminal: Terminal): string[] {
  const { paint } = terminal;
  const lines = [headline(report, terminal), `  ${paint('dim', report.summary)}`, ''];
  lines.push(...storyLines(report.story, terminal));
  if (report.story.length > 0) lines.push('');
  lines.push(label('checked', report.checked.join(', ') || 'nothing', terminal));
  if (report.operations.total > 0) lines.push(...clientLines(report, terminal));
  lines.push(label('network', network(report), terminal));
  const marks = Object.entries(report.marks).map(([name, count]) => `${name} ×${count}`);
  if (marks.length > 0) lines.push(...wrapped('marks', marks, terminal));
  lines.push(figures(report, terminal), ...closing(report, terminal));
  return lines;
}

function label(name: string, text: string, terminal: Terminal): string {
  return `  ${terminal.paint('dim', name.padEnd(13))}${text}`;
}

function wrapped(name: string, items: readonly string[], terminal: Terminal): string[] {
  const width = Math.max(40, Math.min(terminal.columns, 120) - 16);
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= width) lines[lines.length - 1] = `${last}, ${item}`;
    else lines.push(item);
  }
  return lines.map((line, i) => label(i === 0 ? name : '', line, terminal));
}

function clientLines(report: RunReport, terminal: Terminal): string[] {
  const { total, ok, failed, unknown } = report.operations;
  const lines = [
    label('clients', `${total} operations: ${ok} ok, ${failed} failed, ${unknown} unknown   ${report.throughput.toFixed(1)} ok/s`, terminal),
  ];
  if (report.latency !== null) {
    const { p50, p90, p99, max } = report.latency;
    lines.push(label('latency', `p50 ${ms(p50)}   p90 ${ms(p90)}   p99 ${ms(p99)}   max ${ms(max)}`, terminal));
  }
  if (report.availability.length > 1) {
    lines.push(label('availability', 'by phase: answered of those asked in it', terminal));
    for (const phase of report.availability) lines.push(phaseLine(phase, terminal));
  }
  return lines;
}

function phaseLine(phase: Phase, terminal: Terminal): string {
  const { operations, ok, failed } = phase;
  const answered = ok + failed;
  const share = operations === 0 ? 1 : answered / operations;
  const bar = '█'.repeat(Math.round(share * 10)).padEnd(10, '·');
  const style = share > 0.95 ? 'green' : share > 0.5 ? 'yellow' : 'red';
  const time = `${seconds(phase.from)} – ${seconds(phase.to)}`.padEnd(17);
  const percent = operations === 0 ? '   –' : `${Math.round(share * 100)} %`.padStart(5);
  const what = phase.faults.length === 0 ? '' : phase.faults.join('; ');
  return `    ${time} ${terminal.paint(style, bar)} ${percent} of ${String(operations).padStart(4)}   ${what}`.trimEnd();
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(us % 1e6 === 0 ? 0 : 2)} s`;
}

function ms(us: number): string {
  return us >= 1e6 ? `${(us / 1e6).toFixed(2)} s` : `${(us / 1e3).toFixed(us < 1e4 ? 1 : 0)} ms`;
}

function network({ messages, syncs }: RunReport): string {
  const lost = messages.sent === 0 ? 0 : Math.round((messages.dropped / messages.sent) * 1000) / 10;
  const disks = syncs === 0 ? '' : `   ${syncs} disk syncs`;
  return `${messages.sent} messages, ${messages.dropped} lost (${lost} %)${disks}`;
}

function figures(report: RunReport, terminal: Terminal): string {
  const time = `${(report.virtualTimeUs / 1e6).toFixed(3).replace(/\.?0+$/, '')} s`;
  const parts = [`${report.nodes} nodes`, `${time} of virtual time`, `${report.events} events`];
  return `  ${parts.join(', ')}   digest ${terminal.paint('bold', report.digest)}`;
}

function closing(report: RunReport, terminal: Terminal): string[] {
  const lines = [label('reproduce', report.reproduce, terminal)];
  for (const file of report.files) lines.push(label('wrote', file, terminal));
  for (const note of report.notes) lines.push(label('note', note, terminal));
  return lines;
}

function storyLines(story: readonly StoryLine[], terminal: Terminal): string[] {
  const styles = { fault: 'yellow', healed: 'dim', mark: 'cyan', violation: 'red', node: 'red' } as const;
  const shown = story.length <= STORY_LINES_MAX ? story : [...story.slice(0, 4), null, ...story.slice(-(STORY_LINES_MAX - 5))];
  return shown.map((line) => {
    if (line === null) return terminal.paint('dim', `     …       ${story.length - STORY_LINES_MAX + 1} more`);
    const time = `${(line.timeUs / 1e6).toFixed(3)} s`.padStart(11);
    return `${terminal.paint('dim', time)}  ${terminal.paint(styles[line.kind], line.text)}`;
  });
}

/** Tables and comparisons of an experiment. */
export function experimentScreen(report: ExperimentRunReport, terminal: Terminal): string {
  const { paint } = terminal;
  const mark = report.expected ? paint('green', '✓') : paint('red', '✗');
  const lines = [`${mark} ${paint('bold', report.scenario)}   seed ${report.seed}   ${report.runs} runs`, `  ${paint('dim', report.summary)}`];
  for (const { title, columns, rows } of report.tables) {
    lines.push('', `  ${paint('bold', title)}`, ...table(columns, rows, terminal));
  }
  if (report.comparisons.length > 0) {
    lines.push('', `  ${paint('bold', 'Measured against expected')}`);
    const rows = report.comparisons.map(({ name, measured, expected, from, to, unit, holds }) => [
      holds ? '✓' : '✗',
      name,
      `${round(measured)} ${unit}`,
      `${round(expected)} ${unit}`,
      `${round(from)} … ${round(to)}`,
    ]);
    lines.push(...table(['', 'figure', 'measured', 'expected', 'accepted'], rows, terminal));
  }
  for (const note of report.notes) lines.push('', `  ${note}`);
  lines.push('', `  ${report.events} events   digest ${paint('bold', report.digest)}`, label('reproduce', report.reproduce, terminal));
  return lines.join('\n');
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4).replace(/\.?0+$/, '');
}

/** Columns as wide as they need to be; numbers to the right. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  terminal: Terminal,
): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? round(cell) : cell)));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => (row[i] ?? '').length)));
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    `    ${row.map((cell, i) => (numeric[i] === true ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('   ')}`.trimEnd();
  return [terminal.paint('dim', line(columns)), ...cells.map(line)];
}
