import { percentAnswered } from './availability.js';
import type { CapReport, CutReport } from './cap.js';

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
  const head = ['store', 'class', ...cuts.map(({ cut }) => cut), 'lost writes', 'without faults']
    .map((title) => `<th scope="col">${title}</th>`)
    .join('');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>What stores do when the network is cut</title>
<style>${STYLE}</style>
<h1>What stores do when the network is cut</h1>
<p>Each picture is one cut, the worst of ${reports[0]?.seeds.length ?? 0} runs. Two bars a side, <i>r</i>eads and <i>w</i>rites: how much of what the nodes of that side were asked was answered in time. A <b class="bad">✗</b> says that the clients' history was refuted: no single order explains it. A <b class="good">✓</b> says that nothing was found against it.</p>
<table><thead><tr>${head}</tr></thead><tbody>
${reports.map(row).join('\n')}
</tbody></table>
<dl>${Object.entries(CLASSES)
    .map(([name, says]) => `<dt>${name}</dt><dd>${says}</dd>`)
    .join('')}</dl>
</html>
`;
}

function row(report: CapReport): string {
  const { store, configuration, pacelc, losses } = report;
  const lost = losses === null ? 'not counted' : `${losses.lost} of ${losses.acknowledged}`;
  const slopes = `<span class="slopes">reads +${pacelc.readSlope.toFixed(1)}, writes +${pacelc.writeSlope.toFixed(1)} ms a ms</span>`;
  return `<tr><th scope="row">${escaped(store)}<span>${escaped(configuration)}</span></th><td class="class ${report.class.replaceAll(' ', '-')}">${report.class}</td>${report.cuts.map(cell).join('')}<td>${lost}</td><td>${ELSE[pacelc.class]}${slopes}</td></tr>`;
}

function cell({ sides, bySide, verdict, evidence }: CutReport): string {
  const bars = bySide
    .flatMap(({ reads, writes }, side) => [bar('r', reads.ok, 4 + side * 44), bar('w', writes.ok, 22 + side * 44)])
    .join('');
  const mark = verdict === 'refuted' ? '✗' : verdict === 'undecided' ? '?' : '✓';
  const says = `${sides}: ${bySide.map(({ reads, writes }, side) => `side ${side + 1} answered ${percentAnswered(reads)} % of reads and ${percentAnswered(writes)} % of writes`).join(', ')}; ${verdict}`;
  const why = evidence === null ? '' : `<details><summary>why</summary><pre>${escaped(evidence.text)}</pre></details>`;
  return `<td><svg viewBox="0 0 104 46" role="img" aria-label="${escaped(says)}"><title>${escaped(says)}</title>${bars}<line x1="43" x2="43" y1="2" y2="34"/><text x="96" y="24" class="${verdict === 'refuted' ? 'bad' : 'good'} mark">${mark}</text></svg>${why}</td>`;
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
th span, .slopes { display: block; font-weight: normal; font-size: .85em; opacity: .8 }
svg { width: 104px; height: 46px } svg text { font: 9px system-ui, sans-serif; fill: currentColor; text-anchor: middle } svg .mark { font-size: 18px }
svg line { stroke: currentColor; stroke-dasharray: 2 2 } .all { fill: var(--faint) } .ok { fill: var(--ok) } .bad { color: var(--bad); fill: var(--bad) } .good { color: var(--ok) }
.class { font-weight: bold } pre { overflow-x: auto; max-width: 60rem } dt { font-weight: bold; float: left; clear: left; margin-right: .7rem } dd { margin-left: 12rem }
`;
