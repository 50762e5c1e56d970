import type { HungReport } from '../reports.js';
import type { Terminal } from '../terminal.js';
import { copyLines, paragraph } from './layout.js';
import { legibleReport } from './legible-report.js';

/** A handler that never came back, in the manner of a failing run. */
export function hungScreen(hung: HungReport, terminal: Terminal): string {
  const { paint } = terminal;
  const report = legibleReport(hung);
  const bug = report.bug === undefined ? '' : `   bug ${report.bug}`;
  const lines = [
    `${paint('red', '✗')} ${paint('bold', report.scenario)}   seed ${report.seed}${bug}   ${paint('red', 'violation: handlers return')}`,
  ];
  for (const { message } of report.violations) lines.push(...paragraph(message, 4, terminal));
  return [...lines, '', ...copyLines(report.reproduce, null, terminal)].join('\n');
}
