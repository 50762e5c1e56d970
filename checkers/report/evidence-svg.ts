import type { EvidenceBar, EvidenceData, EvidenceFinding } from './evidence-data.js';

const ROW = 26;
const BAR = 18;
/** Between rows there is room for an arrow and its name. */
const ROW_WITH_ARROWS = 46;
const LEFT = 70;
const WIDTH = 1000;
const BAND = 18;
const LINE = 16;
const BARS_MAX = 200;

/** Text as text, whatever it holds. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '\ufffd'); // eslint-disable-line no-control-regex -- XML cannot hold these
}

/**
 * A picture of what was found, to be put into a paper or a report: for every finding the operations that show it as bars over time, the
 * one that fits nowhere marked, and the arrows of its circle. Where nothing was found, all operations (of many, the first 200).
 */
export function evidenceSvg(data: EvidenceData): string {
  const parts: string[] = [];
  let y = 34;
  parts.push(text(10, 22, `${mark(data.verdict)} ${data.title}`, 'font-weight="bold" font-size="15"'));
  const findings: readonly EvidenceFinding[] =
    data.findings.length > 0
      ? data.findings
      : [
          {
            title: '',
            says: '',
            operations: data.bars.slice(0, BARS_MAX).map(({ id }) => id),
            fitsNowhere: -1,
            orders: [],
            steps: [],
            arrows: [],
          },
        ];
  for (const finding of findings) {
    const drawn = drawFinding(data, finding, y);
    parts.push(...drawn.parts);
    y = drawn.y + 14;
  }
  const arrow =
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#a11"/></marker>';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeMarkup(data.title)}" font-family="system-ui, sans-serif" font-size="12"><defs>${arrow}</defs><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}

function drawFinding(data: EvidenceData, finding: EvidenceFinding, top: number): { parts: string[]; y: number } {
  const wanted = new Set(finding.operations);
  const bars = data.bars.filter(({ id }) => wanted.has(id));
  const lanes = [...new Set(bars.map(({ lane }) => lane))].sort((a, b) => a - b);
  const from = Math.min(...bars.map((bar) => bar.from));
  const last = Math.max(...bars.map((bar) => bar.to ?? bar.from), from + 1);
  const scale = (WIDTH - LEFT - 20) / (last - from);
  const x = (at: number): number => round(LEFT + (Math.min(at, last) - from) * scale);
  const parts: string[] = [];
  let y = top + LINE;
  if (finding.title !== '') parts.push(text(10, y, finding.title, 'font-weight="bold"'));
  for (const line of wrapped(finding.says, 150)) {
    y += LINE;
    parts.push(text(10, y, line));
  }
  y += 10;
  const rows = rowsOf(bars, lanes);
  const tall = finding.arrows.length > 0 ? ROW_WITH_ARROWS : ROW;
  const height = rows.count * tall;
  const shown = data.bands.filter((band) => band.from <= last && (band.to ?? Infinity) >= from);
  const strips = [...new Set(shown.map(({ row }) => row))].sort((a, b) => a - b);
  const above = Math.max(1, strips.length) * BAND;
  for (const band of shown) {
    const strip = y + strips.indexOf(band.row) * BAND;
    const [a, b] = [x(Math.max(band.from, from)), x(band.to ?? last)];
    const fill = band.kind === 'leader' ? '#dfeafa' : '#fbe3d0';
    parts.push(
      `<rect x="${a}" y="${strip}" width="${round(Math.max(1, b - a))}" height="${BAND - 2}" fill="${fill}"/>`,
      ...(band.kind === 'fault'
        ? [
            `<rect x="${a}" y="${strip}" width="${round(Math.max(1, b - a))}" height="${y + above + height - strip}" fill="${fill}" fill-opacity="0.4"/>`,
          ]
        : []),
      text(a + 2, strip + 12, band.text, 'font-size="10" fill="#555"'),
    );
  }
  y += above;
  for (const [row, lane] of rows.names) parts.push(text(8, y + row * tall + 17, data.lanes[lane] ?? '', 'fill="#555"'));
  const places = new Map<number, Place>();
  const labels: string[] = [];
  for (const bar of bars) {
    const top = y + (rows.of.get(bar.id) as number) * tall + 3;
    const [a, b] = [x(bar.from), x(bar.to ?? last)];
    const place = { a, b, top };
    places.set(bar.id, place);
    const { box, label } = drawBar(bar, place, bar.id === finding.fitsNowhere);
    parts.push(box);
    labels.push(label);
  }
  // What bars say stays legible where an arrow passes by.
  parts.push(...arrowsOf(finding, places), ...labels);
  y += height;
  const texts = new Map(bars.map((bar) => [bar.id, bar.text]));
  for (const order of finding.orders.slice(0, 1)) {
    const names = order.operations.map((id) => texts.get(id) ?? '');
    for (const line of wrapped(
      `the longest order that fits: ${names.length === 0 ? 'nothing' : names.join(', ')}; then the state is ${order.state}`,
      150,
    )) {
      y += LINE;
      parts.push(text(10, y, line, 'fill="#555"'));
    }
  }
  return { parts, y };
}

interface Place {
  readonly a: number;
  readonly b: number;
  readonly top: number;
}

function drawBar(bar: EvidenceBar, { a, b, top }: Place, marked: boolean): { box: string; label: string } {
  const dash = bar.to === null ? ' stroke-dasharray="4 3"' : '';
  const fill = marked ? '#fde2e2' : '#e8eef7';
  const line = marked ? 'stroke="#a11" stroke-width="2"' : 'stroke="#456"';
  const width = round(Math.max(3, b - a));
  const box = `<rect x="${a}" y="${top}" width="${width}" height="${BAR}" rx="3" fill="${fill}" ${line}${dash}/>`;
  const content = `${bar.text}${bar.outcome === 'unknown' ? ' ?' : bar.outcome === 'failed' ? ' (failed)' : ''}`;
  const room = b - a > content.length * 7;
  const halo = `stroke="${room ? fill : '#fff'}" stroke-width="3" paint-order="stroke"`;
  const label = room
    ? text(round((a + b) / 2), top + 13, content, `text-anchor="middle" ${halo}`)
    : text(Math.min(a + 2, WIDTH - 10 - content.length * 6), top + 13, content, halo);
  return { box, label };
}

/** Each leaves its bar on the right and comes to the next on the left, between the rows; within a row it goes below. */
function arrowsOf(finding: EvidenceFinding, places: ReadonlyMap<number, Place>): string[] {
  return finding.arrows.flatMap((step) => {
    const [from, to] = [places.get(step.from), places.get(step.to)];
    if (from === undefined || to === undefined) return [];
    const [ax, bx] = [round(from.a + (from.b - from.a) * 0.75), round(to.a + (to.b - to.a) * 0.25)];
    const ay = from.top + (from.top < to.top || from.top === to.top ? BAR : 0);
    const by = to.top + (to.top < from.top || to.top === from.top ? BAR : 0);
    const bend = from.top === to.top ? 24 : 0;
    const [mx, my] = [round((ax + bx) / 2), round((ay + by) / 2 + bend)];
    // On the curve, a third of the way: arrows that cross do so in the middle.
    const [lx, ly] = [curve(ax, mx, bx, 0.3), curve(ay, my, by, 0.3)];
    return [
      `<path d="M${ax},${ay} Q${mx},${my} ${bx},${by}" fill="none" stroke="#a11" marker-end="url(#tip)"/>`,
      text(
        lx,
        round(ly + 3),
        step.label,
        'font-size="10" fill="#a11" text-anchor="middle" stroke="#fff" stroke-width="3" paint-order="stroke"',
      ),
    ];
  });
}

function curve(a: number, m: number, b: number, t: number): number {
  return round((1 - t) * (1 - t) * a + 2 * t * (1 - t) * m + t * t * b);
}

/** A row for each lane, and more of them where bars of a lane overlap. */
function rowsOf(
  bars: readonly EvidenceBar[],
  lanes: readonly number[],
): { of: Map<number, number>; names: [number, number][]; count: number } {
  const of = new Map<number, number>();
  const names: [number, number][] = [];
  let count = 0;
  for (const lane of lanes) {
    names.push([count, lane]);
    const busy: number[] = [];
    for (const bar of bars) {
      if (bar.lane !== lane) continue;
      let row = busy.findIndex((until) => until <= bar.from);
      if (row === -1) row = busy.length;
      busy[row] = bar.to ?? Infinity;
      of.set(bar.id, count + row);
    }
    count += busy.length;
  }
  return { of, names, count };
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}"${more === '' ? '' : ` ${more}`}>${escapeMarkup(content)}</text>`;
}

function wrapped(content: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of content.split(' ')) {
    if (line !== '' && line.length + word.length >= columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function mark(verdict: EvidenceData['verdict']): string {
  return verdict === 'ok' ? '✓' : verdict === 'violation' ? '✗' : '?';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
