import { formatDuration } from '../../engine/index.js';
import type { Phase, RunReport, StoryLine } from '../reports.js';
import type { Terminal } from '../terminal.js';
import {
  copyLines,
  counted,
  durationText,
  flowed,
  label,
  paragraph,
  proseWidth,
  secondsText,
  wrapped,
} from './layout.js';
import { legibleReport } from './legible-report.js';

const STORY_LINES_MAX = 14;
const PHASES_MAX = 12;
/** A wait that takes this share of a phase is worth a colour. */
const LONG_SILENCE = 0.15;

/** What a person reads after a run: the evidence first when something broke, then what happened, then the figures. */
export function runScreen(report: RunReport, terminal: Terminal): string {
  const shown = legibleReport(report);
  const failed = shown.verdict === 'violation';
  return (failed ? failureScreen(shown, terminal) : summaryScreen(shown, terminal)).join('\n');
}

function headline(report: RunReport, terminal: Terminal): string {
  const { paint } = terminal;
  const bug = report.bug === undefined ? '' : `   bug ${report.bug}`;
  const about = `${paint('bold', report.scenario)}   seed ${report.seed}${bug}`;
  if (report.verdict === 'violation') {
    const broken = [...new Set(report.violations.map(brokenInWords))].join(', ');
    const mark = report.expected ? paint('magenta', '✓') : paint('red', '✗');
    const expected = report.expected ? ', as expected' : '';
    return `${mark} ${about}   ${paint(report.expected ? 'magenta' : 'red', `violation: ${broken}${expected}`)}`;
  }
  if (report.verdict === 'undecided')
    return `${paint('magenta', '?')} ${about}   ${paint('magenta', `undecided: ${report.undecided}`)}`;
  if (!report.expected)
    return `${paint('red', '✗')} ${about}   ${paint('red', `${report.expects} was expected, and did not come up`)}`;
  return `${paint('green', '✓')} ${about}   ${paint('green', 'ok')}`;
}

/** `not linearizable (key x)` says more than the name of the property. */
function brokenInWords({ property, message }: RunReport['violations'][number]): string {
  return /^not [\w-]+( \(key [^)]*\))?/.exec(message)?.[0] ?? property;
}

function failureScreen(report: RunReport, terminal: Terminal): string[] {
  const { paint } = terminal;
  const lines = [headline(report, terminal)];
  for (const violation of report.violations) {
    const at = violation.time === undefined ? '' : paint('dim', `   at ${formatDuration(violation.time)}`);
    if (violation.property !== 'linearizable' || report.drawing === null) {
      const told = paragraph(violation.message, 4, terminal);
      lines.push(...told.slice(0, -1), `${told.at(-1)!}${at}`);
    }
  }
  if (report.drawing !== null) lines.push(...evidence(report.drawing).map((line) => `  ${line}`.trimEnd()));
  const story = storyLines(beforeViolation(report), terminal);
  if (story.length > 0) lines.push('', ...story);
  lines.push('', failureFigures(report, terminal), ...onlineLines(report, terminal), ...closing(report, terminal));
  return lines;
}

/** The drawing without its own headline: ours has said it. */
function evidence(drawing: string): string[] {
  const lines = drawing.split('\n');
  return lines[0]!.includes('✗') ? lines.slice(1) : lines;
}

/** What led to the violation; what came after it explains nothing. */
function beforeViolation(report: RunReport): readonly StoryLine[] {
  const times = report.violations.map(({ time }) => time);
  if (times.some((time) => time === undefined)) return report.story;
  const last = Math.max(...times.map((time) => time ?? 0));
  return report.story.filter(({ timeUs }) => timeUs <= last);
}

function failureFigures(report: RunReport, terminal: Terminal): string {
  const parts = [
    counted(report.faults, 'fault'),
    counted(report.operations.total, 'operation'),
    counted(report.nodes, 'node'),
    counted(report.events, 'event'),
  ];
  const figures = `  ${parts.join(', ')}`;
  const digest = `digest ${report.digest}`;
  const wide = figures.length + 6 + digest.length <= proseWidth(terminal);
  return `${figures}${wide ? '      ' : '\n  '}digest ${terminal.paint('bold', report.digest)}`;
}

function summaryScreen(report: RunReport, terminal: Terminal): string[] {
  const { paint } = terminal;
  const lines = [
    headline(report, terminal),
    ...paragraph(report.summary, 2, terminal).map((line) => paint('dim', line)),
    '',
  ];
  lines.push(...storyLines(report.story, terminal));
  if (report.story.length > 0) lines.push('');
  lines.push(
    ...(report.checked.length === 0
      ? [label('checked', 'nothing', terminal)]
      : wrapped('checked', report.checked, terminal)),
  );
  lines.push(...onlineLines(report, terminal));
  if (report.operations.total > 0) lines.push(...clientLines(report, terminal));
  lines.push(...flowed('network', network(report), terminal));
  const marks = Object.entries(report.marks).map(([name, count]) => `${name} ×${count}`);
  if (marks.length > 0) lines.push(...wrapped('marks', marks, terminal));
  lines.push(...flowed('run', figures(report, terminal), terminal), ...closing(report, terminal));
  return lines;
}

/** What was found on the way, in a line where there is room. */
function onlineLines({ online }: RunReport, terminal: Terminal): string[] {
  if (online === null) return [];
  const { judged, afterwards, refuted, untilUs, gaveUp } = online;
  const late = gaveUp ? [...afterwards, 'a key with too many possibilities'] : afterwards;
  const rest = late.length === 0 ? '' : `; judged afterwards: ${late.join(', ')}`;
  if (refuted === null) return flowed('online', `${counted(judged.length, 'check')} found nothing${rest}`, terminal);
  const { property, event, timeUs } = refuted;
  const at = `event ${event} refuted ${property}, and the run ended there`;
  return flowed('online', `${at}, at ${formatDuration(timeUs)} of ${formatDuration(untilUs)}${rest}`, terminal);
}

function clientLines(report: RunReport, terminal: Terminal): string[] {
  const { total, ok, failed, unknown } = report.operations;
  const rate = `${report.throughput.toFixed(1)} ok a second`;
  const lines = [
    ...flowed(
      'clients',
      `${counted(total, 'operation')}: ${ok} ok, ${failed} failed, ${unknown} unknown   ${rate}`,
      terminal,
    ),
  ];
  if (report.latency !== null) {
    const { p50, p90, p99, max } = report.latency;
    const parts = [
      `p50 ${durationText(p50)}`,
      `p90 ${durationText(p90)}`,
      `p99 ${durationText(p99)}`,
      `max ${durationText(max)}`,
    ];
    lines.push(...flowed('latency', parts.join('   '), terminal));
  }
  if (report.availability.length > 1) {
    const columns = narrow(terminal)
      ? 'asked, ok, silent for'
      : 'phase                asked  ok      longest time without an answer';
    lines.push(label('availability', terminal.paint('dim', columns), terminal));
    const shown = longestSilences(report.availability);
    for (const phase of shown) lines.push(...phaseLines(phase, terminal));
    const left = report.availability.length - shown.length;
    if (left > 0) {
      lines.push(label('', terminal.paint('dim', `… and ${counted(left, 'phase')} with shorter silences`), terminal));
    }
  }
  return lines;
}

/** Of many phases those that were worst for the clients, in order of time. */
function longestSilences(phases: readonly Phase[]): readonly Phase[] {
  if (phases.length <= PHASES_MAX) return phases;
  const worst = phases.toSorted((a, b) => b.longestSilence - a.longestSilence || a.from - b.from).slice(0, PHASES_MAX);
  return worst.toSorted((a, b) => a.from - b.from);
}

/** No room for a table beside its label. */
function narrow(terminal: Terminal): boolean {
  return terminal.columns < 70;
}

function phaseLines(phase: Phase, terminal: Terminal): string[] {
  const { operations, ok, longestSilence } = phase;
  const time = `${secondsText(phase.from)} – ${secondsText(phase.to)}`;
  const asked = String(operations).padStart(5);
  const share = operations === 0 ? '–' : `${Math.round((ok / operations) * 100)} %`;
  const silent = longestSilence / Math.max(1, phase.to - phase.from);
  const wait = longestSilence === 0 ? '–' : durationText(longestSilence);
  const painted =
    silent > 0.5 ? terminal.paint('red', wait) : silent > LONG_SILENCE ? terminal.paint('magenta', wait) : wait;
  const gap = ' '.repeat(Math.max(0, 9 - wait.length));
  if (narrow(terminal)) {
    const faults = phase.faults.flatMap((fault) => paragraph(fault, 6, terminal));
    return [`  ${time.padEnd(15)} ${asked}  ${share.padEnd(5)} ${painted}`, ...faults];
  }
  const row = `${time.padEnd(19)}  ${asked}  ${share.padEnd(6)}  ${painted}${gap}  ${phase.faults.join('; ')}`;
  return [label('', row.trimEnd(), terminal)];
}

function network({ messages, syncs }: RunReport): string {
  const lost = messages.sent === 0 ? 0 : Math.round((messages.dropped / messages.sent) * 1000) / 10;
  const disks = syncs === 0 ? '' : `   ${counted(syncs, 'disk sync')}`;
  return `${counted(messages.sent, 'message')}, ${messages.dropped} lost (${lost} %)${disks}`;
}

function figures(report: RunReport, terminal: Terminal): string {
  const time = `${(report.virtualTimeUs / 1e6).toFixed(3).replace(/\.?0+$/, '')} s of virtual time`;
  return `${counted(report.nodes, 'node')}, ${time}, ${counted(report.events, 'event')}      digest ${terminal.paint('bold', report.digest)}`;
}

function closing(report: RunReport, terminal: Terminal): string[] {
  const lines = report.files.map((file) => label('wrote', file, terminal));
  for (const note of report.notes) lines.push(...wrapped('note', note.split(' '), terminal, ' '));
  return [...lines, ...copyLines(report.reproduce, report.look, terminal)];
}

function storyLines(story: readonly StoryLine[], terminal: Terminal): string[] {
  // What is usual has no colour: of those that are left, none is legible on white paper and on black glass.
  const styles = { fault: 'magenta', healed: 'dim', violation: 'red', node: 'red' } as const;
  const shown =
    story.length <= STORY_LINES_MAX ? story : [...story.slice(0, 4), null, ...story.slice(-(STORY_LINES_MAX - 5))];
  return shown.map((line) => {
    if (line === null) return terminal.paint('dim', `     …       ${story.length - STORY_LINES_MAX + 1} more`);
    const time = `${(line.timeUs / 1e6).toFixed(3)} s`.padStart(11);
    const text = line.kind === 'mark' ? line.text : terminal.paint(styles[line.kind], line.text);
    return `${terminal.paint('dim', time)}  ${text}`;
  });
}
