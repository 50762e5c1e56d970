import type { ExperimentRunReport } from '../reports.js';
import type { Terminal } from '../terminal.js';
import { copyLines, label, paragraph, roundText, table } from './layout.js';
import { legibleReport } from './legible-report.js';

/** With more comparisons than this, only those that do not hold are shown one by one. */
const COMPARISONS_MAX = 16;

/** Tables and comparisons of an experiment. */
export function experimentScreen(experiment: ExperimentRunReport, terminal: Terminal): string {
  const { paint } = terminal;
  const report = legibleReport(experiment);
  const mark = report.expected ? paint('green', '✓') : paint('red', '✗');
  const lines = [`${mark} ${paint('bold', report.scenario)}   seed ${report.seed}   ${report.runs} runs`];
  lines.push(...paragraph(report.summary, 2, terminal).map((line) => paint('dim', line)));
  for (const { title, columns, rows } of report.tables) {
    lines.push('', `  ${paint('bold', title)}`, ...table(columns, rows, terminal));
  }
  if (report.comparisons.length > 0) lines.push('', ...comparisons(report, terminal));
  if (report.notes.length > 0) lines.push('');
  for (const note of report.notes) lines.push(...paragraph(note, 2, terminal));
  lines.push('', label('run', `${report.events} events      digest ${paint('bold', report.digest)}`, terminal));
  return [...lines, ...copyLines(report.reproduce, null, terminal)].join('\n');
}

function comparisons({ comparisons: all }: ExperimentRunReport, terminal: Terminal): string[] {
  const { paint } = terminal;
  const holding = all.filter(({ holds }) => holds).length;
  const shown = all.length > COMPARISONS_MAX ? all.filter(({ holds }) => !holds) : all;
  const summary = `${holding} of ${all.length} figures lie where they should`;
  const rest = shown.length === all.length ? '' : paint('dim', '   (--json shows them all)');
  const lines = [
    `  ${paint('bold', 'Measured against expected')}   ${paint(holding === all.length ? 'green' : 'red', summary)}${rest}`,
  ];
  if (shown.length === 0) return lines;
  const rows = shown.map(({ name, measured, expected, from, to, unit, holds }) => [
    holds ? '✓' : '✗',
    name,
    `${roundText(measured)} ${unit}`.trimEnd(),
    `${roundText(expected)} ${unit}`.trimEnd(),
    `${roundText(from)} … ${roundText(to)}`,
  ]);
  return [...lines, ...table(['', 'figure', 'measured', 'expected', 'accepted'], rows, terminal)];
}
