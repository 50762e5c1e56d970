import type { Ratio, Row } from './compare.js';
import type { Contestant } from './contestants.js';
import type { Spread } from './statistics.js';
import type { Workload } from './workloads.js';

function spreadText({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

/** Columns as wide as their widest cell, the first one flush left. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** CPU time per event, one line a contestant; and how much more the whole process took. */
export function timesTable(
  contestants: readonly Contestant[],
  workloads: readonly Workload[],
  rows: readonly Row[],
): string {
  const lines = [['', ...workloads.map((workload) => workload.name), 'with helper threads']];
  for (const { name, says } of contestants) {
    const own = workloads.flatMap((workload) =>
      rows.filter((row) => row.contestant === name && row.workload === workload.name),
    );
    if (own.length === 0) continue;
    const extra = own.map(
      (row) => `+${Math.max(0, (row.processNsPerEvent.median / row.nsPerEvent.median - 1) * 100).toFixed(0)} %`,
    );
    lines.push([says, ...own.map((row) => spreadText(row.nsPerEvent, 0)), extra.join(' ')]);
  }
  return table(lines);
}

/** Our speed as a multiple of each peer's, beside the goals. */
export function ratiosTable(workloads: readonly Workload[], ratios: readonly Ratio[]): string {
  const lines = [['', ...workloads.map((workload) => workload.name)]];
  for (const key of new Set(ratios.map((ratio) => `${ratio.mode} ÷ ${ratio.peer}`))) {
    const own = workloads.flatMap((workload) =>
      ratios.filter((ratio) => `${ratio.mode} ÷ ${ratio.peer}` === key && ratio.workload === workload.name),
    );
    lines.push([key, ...own.map(({ speed, goal, met }) => `${spreadText(speed, 2)} ${met ? '✓' : '✗'} ≥ ${goal}`)]);
  }
  return table(lines);
}
