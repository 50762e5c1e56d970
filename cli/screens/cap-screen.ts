import { percentAnswered } from '../../scenarios/cap/availability.js';
import type { CapListing, CapRow } from '../cap-report.js';
import type { Terminal } from '../terminal.js';
import { durationText, label, paragraph, table } from './layout.js';

/** A row a store; of one store alone, every cut, and why it was refuted. */
export function capScreen({ rows, boundUs, settlingUs, control }: CapListing, terminal: Terminal): string {
  const { paint } = terminal;
  const lines = [
    `  ${paint('bold', 'What stores do when the network is cut')}   ${rows[0]?.seeds.length ?? 0} seeds a cut`,
    '',
  ];
  lines.push(
    ...table(
      ['store', 'configuration', 'class', '', 'no fault', 'majority', 'minority', 'lost writes'],
      rows.map((row) => [
        row.store,
        row.configuration,
        row.class,
        row.pacelc,
        both(row.noFault),
        both(row.majority),
        both(row.minority),
        row.losses === null ? '–' : `${row.losses.lost} of ${row.losses.acknowledged}`,
      ]),
      terminal,
    ),
    '',
    ...paragraph(
      `Reads/writes answered within ${durationText(boundUs)}, in percent, in the worst seed, of what was asked ${durationText(settlingUs)} after the cut or later; the class is the worst over five cuts. AP: always answers, and was refuted. CP: never refuted, and does not always answer. EL and EC: what a message's delay costs when all is well. Lost writes: of elements that were added and acknowledged; – where no request adds without replacing. How it is measured: docs/cap.md.`,
      2,
      terminal,
    ),
  );
  if (!control)
    lines.push('', `  ${paint('red', '✗')} the control was not refuted: this workload says nothing about the others`);
  if (rows.length <= 2) for (const row of rows) lines.push('', ...details(row, terminal));
  return lines.join('\n');
}

function details(row: CapRow, terminal: Terminal): string[] {
  const { paint } = terminal;
  const cuts = row.cuts.map((cut) => [
    cut.verdict === 'refuted' ? '✗' : cut.verdict === 'undecided' ? '?' : '✓',
    cut.cut,
    cut.sides,
    ...cut.bySide.map(both),
    cut.all.map(both).join('   '),
    cut.converged === null ? 'never' : durationText(cut.converged),
    cut.operations,
    cut.contended,
  ]);
  const { readSlope, writeSlope, refuted } = row.else;
  const lines = [
    `  ${paint('bold', row.store)}   ${row.configuration}`,
    ...table(
      [
        '',
        'cut',
        'who talks to whom',
        'first side',
        'second',
        'all: B, 2 B, 4 B',
        'converged',
        'operations',
        'contended',
      ],
      cuts,
      terminal,
    ),
    label(
      'lost writes',
      row.losses === null
        ? `not counted: ${row.lossesBy}`
        : `${row.losses.lost} of ${row.losses.acknowledged}, by ${row.lossesBy}`,
      terminal,
    ),
    label(
      'no fault',
      `a read takes ${readSlope.toFixed(2)} ms longer, a write ${writeSlope.toFixed(2)} ms, for each ms between nodes${refuted ? '; delays alone refuted it' : ''}`,
      terminal,
    ),
  ];
  const found = row.cuts.find(({ evidence }) => evidence !== null);
  if (found !== undefined) {
    lines.push('', `  ${paint('dim', `${found.cut}, seed ${found.evidence!.seed}:`)}`);
    lines.push(...found.evidence!.text.split('\n').map((line) => `  ${line}`));
  }
  return lines;
}

function both({ reads, writes }: CapRow['noFault']): string {
  return `${percentAnswered(reads)}/${percentAnswered(writes)}`;
}
