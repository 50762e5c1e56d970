import type { Fault } from './fault.js';
import type { ScopedRule } from './links.js';
import { formatDuration } from './time.js';

/** What a fault does to these nodes, for the trace and the story of a run. */
export function tellFault(fault: Fault, struck: readonly string[]): string {
  const names = struck.join(' ');
  switch (fault.do) {
    case 'crash':
      return `crash ${names}${fault.disk === 'wiped' ? ', disk wiped' : ''}`;
    case 'clock':
      return `clock of ${names}${fault.driftPpm === undefined ? '' : ` drifts ${fault.driftPpm} ppm`}${
        fault.jump === undefined ? '' : ` jumps ${formatDuration(fault.jump)}`
      }`;
    case 'disk':
      return `disk of ${names} ${fault.how}${fault.noticed === false ? ' (unnoticed)' : ''}`;
    case 'upgrade':
      return `upgrade ${names}${fault.version === undefined ? '' : ` to ${fault.version}`}`;
    default:
      return `${fault.do} ${names}`;
  }
}

/** What a rule does to the messages of its links. */
export function tellRule(rule: ScopedRule['rule']): string {
  const parts: string[] = [];
  if (rule.hold === true) parts.push('held');
  if (rule.loss !== undefined) parts.push(`loss ${percent(rule.loss)}`);
  if (rule.duplicate !== undefined) parts.push(`duplication ${percent(rule.duplicate)}`);
  if (rule.corrupt !== undefined) parts.push(`corruption ${percent(rule.corrupt)}`);
  if (rule.latency !== undefined) parts.push('other latency');
  if (rule.bandwidth !== undefined) parts.push(`${rule.bandwidth} B/s`);
  return parts.join(', ');
}

function percent(probability: number): string {
  return `${Math.round(probability * 1000) / 10} %`;
}
