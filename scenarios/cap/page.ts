import { percentAnswered, type Answered, type Availability } from './availability.js';
import type { CapReport, CutReport } from './cap.js';
import { BOUNDS, CUT_AT, HEAL_AT, SETTLING } from './probe.js';

const CLASSES: Readonly<Record<CapReport['class'], string>> = {
  AP: 'always answers, and may be wrong',
  CP: 'never seen to be wrong, and does not always answer',
  'read-only': 'always answers reads, not writes',
  neither: 'does not always answer, and was wrong all the same',
  inadequate: 'always answered and was not seen to be wrong: the workload was too weak',
  'depends on the bound': 'another one with more time to answer',
};

const ELSE: Readonly<Record<CapReport['pacelc']['class'], string>> = {
  L: 'nothing waits (EL)',
  C: 'waits, never refuted (EC)',
  neither: 'waits, and was refuted',
};

/** All that was measured as one page that needs no network: a row a store, a picture a cut. */
export function capPage(reports: readonly CapReport[]): string {
  const cuts = reports[0]?.cuts ?? [];
  const seeds = reports[0]?.seeds.length ?? 0;
  const runs = seeds === 1 ? 'one run' : `${seeds} runs`;
  const columns = ['store', 'class', ...cuts.map(({ cut }) => cut), 'lost writes', 'without faults'];
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>What stores do when the network is cut</title>
<style>${STYLE}</style>
<main>
<h1>What stores do when the network is cut</h1>
<p>Each picture is one cut, the worst of ${runs}. Two bars a side, <i>r</i>eads and <i>w</i>rites: how much of what the nodes of that side were asked was answered within ${seconds(BOUNDS[0])}, of what was asked ${seconds(SETTLING)} after the cut or later; the cut lasts ${seconds(HEAL_AT - CUT_AT)}. The first side is the one with the majority, where there is one. A <b class="bad">✗</b> says that the clients' history was refuted: no single order explains it. A <b class="good">✓</b> says that nothing was found against it.</p>
<div class="wide"><table><thead>${headed(columns)}</thead>
${reports.map((report) => `<tbody>${row(report)}\n<tr><td colspan="${columns.length}">${figures(report)}</td></tr></tbody>`).join('\n')}
</table></div>
<dl>${Object.entries(CLASSES)
    .map(([name, says]) => `<dt>${name}</dt><dd>${says}</dd>`)
    .join('')}</dl>
</main>
</html>
`;
}

function row(report: CapReport): string {
  const { store, configuration, pacelc, losses, lossesBy } = report;
  const lost = losses === null ? 'not counted' : `${losses.lost} of ${losses.acknowledged}`;
  const slopes = `<span class="slopes">reads +${pacelc.readSlope.toFixed(1)}, writes +${pacelc.writeSlope.toFixed(1)} ms a ms</span>`;
  return `<tr><th scope="row">${escaped(store)}<span>${escaped(configuration)}</span></th><td class="class ${report.class.replaceAll(' ', '-')}">${report.class}</td>${report.cuts.map(cell).join('')}<td title="${escaped(lossesBy)}">${lost}</td><td>${ELSE[pacelc.class]}${slopes}</td></tr>`;
}

function cell({ sides, bySide, verdict }: CutReport): string {
  const bars = bySide
    .flatMap(({ reads, writes }, side) => [bar('r', reads.ok, 4 + side * 44), bar('w', writes.ok, 22 + side * 44)])
    .join('');
  const mark = verdict === 'refuted' ? '✗' : verdict === 'undecided' ? '?' : '✓';
  const says = `${sides}: ${bySide.map(({ reads, writes }, side) => `side ${side + 1} answered ${percentAnswered(reads)} % of reads and ${percentAnswered(writes)} % of writes`).join(', ')}; ${verdict}`;
  return `<td><svg viewBox="0 0 104 46" role="img" aria-label="${escaped(says)}"><title>${escaped(says)}</title>${bars}<line x1="43" x2="43" y1="2" y2="34"/><text x="96" y="24" class="${verdict === 'refuted' ? 'bad' : 'good'} mark">${mark}</text></svg></td>`;
}

/** What the pictures leave out: who was parted, every node, errors, longer bounds, how much was judged, and why. */
function figures({ cuts, seeds }: CapReport): string {
  const columns = [
    'cut',
    'parted',
    'by node',
    ...BOUNDS.map(seconds),
    'no answer',
    'converged',
    'operations',
    'contended',
  ];
  const lines = cuts.map((cut) => {
    const nodes = cut.byNode.map((node, i) => `n${i + 1} ${both(node)}`).join(', ');
    const converged = cut.converged === null ? 'never' : `after ${seconds(cut.converged)}`;
    const missed = cut.all.at(-1)!;
    const silent = `reads ${unanswered(missed.reads)}, writes ${unanswered(missed.writes)}`;
    const cells = [cut.sides, nodes, ...cut.all.map(both), silent, converged, cut.operations, cut.contended];
    return `<tr><th scope="row">${escaped(cut.cut)}</th>${cells.map((content) => `<td>${escaped(String(content))}</td>`).join('')}</tr>`;
  });
  const why = cuts.flatMap(({ cut, evidence }) =>
    evidence === null
      ? []
      : `<h2>${escaped(cut)}, seed ${escaped(evidence.seed)}</h2><pre>${escaped(evidence.text)}</pre>`,
  );
  const summary = why.length === 0 ? 'every figure' : 'every figure, and why it was refuted';
  return `<details><summary>${summary}</summary><p>Percent of reads/writes answered. Parted and by node: in the run of seed ${escaped(seeds[0] ?? '')}; the rest: the worst of all. Contended: asked during the cut about keys that were written on the other side, too.</p><table><thead>${headed(columns)}</thead><tbody>${lines.join('')}</tbody></table>${why.join('')}</details>`;
}

function headed(titles: readonly string[]): string {
  return `<tr>${titles.map((title) => `<th scope="col">${escaped(title)}</th>`).join('')}</tr>`;
}

function both({ reads, writes }: Availability): string {
  return `${percentAnswered(reads)}/${percentAnswered(writes)}`;
}

/** Within the longest bound: errors and time-outs apart. */
function unanswered({ ok, failed, asked }: Answered): string {
  return `${Math.round(failed * asked)} errors, ${Math.round((1 - ok - failed) * asked)} silent of ${asked}`;
}

function seconds(time: number): string {
  return `${Math.round(time / 10_000) / 100} s`;
}

function bar(name: string, share: number, x: number): string {
  const height = Math.round(share * 30);
  return `<rect class="all" x="${x}" y="4" width="14" height="30"/><rect class="ok" x="${x}" y="${34 - height}" width="14" height="${height}"/><text x="${x + 7}" y="44">${name}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#222, #ddd); --faint: light-dark(#ddd, #444); --ok: light-dark(#1f6fb2, #6db3ea); --bad: light-dark(#b3370b, #ff9a6b) }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); margin: 2rem; max-width: 90rem }
table { border-collapse: collapse } th, td { padding: .4rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint) }
.wide { overflow-x: auto } .wide > table { min-width: 72rem } .wide > table > tbody > tr:first-child > * { border: 0 }
details td, details th { font-size: .85em } h2 { font-size: 1rem } p { max-width: 60rem }
th span, .slopes { display: block; font-weight: normal; font-size: .85em; opacity: .8 }
svg { width: 104px; height: 46px } svg text { font: 9px system-ui, sans-serif; fill: currentColor; text-anchor: middle } svg .mark { font-size: 18px }
svg line { stroke: currentColor; stroke-dasharray: 2 2 } .all { fill: var(--faint) } .ok { fill: var(--ok) } .bad { color: var(--bad); fill: var(--bad) } .good { color: var(--ok) }
.class { font-weight: bold } pre { overflow-x: auto; max-width: 60rem } dt { font-weight: bold; float: left; clear: left; margin-right: .7rem } dd { margin-left: 12.5rem }
@media (max-width: 40rem) { body { margin: 1rem } dt { float: none } dd { margin-left: 1rem } }
`;
