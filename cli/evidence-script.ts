/**
 * What the page of a verdict (`check --html`, `run --evidence`) runs: plain JavaScript of the browser, as text, because the page is one file that works offline.
 * Everything that is shown comes in as data and is written as text, never as markup.
 */
export const EVIDENCE_SCRIPT = String.raw`
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const canvas = document.getElementById('time-line');
const pen = canvas.getContext('2d');
const details = document.getElementById('details');
const BAR = 18, ROW = data.findings.some((finding) => finding.arrows.length > 0) ? 40 : 24, LEFT = 76, STRIP = 16, STRIPS_MAX = 8, AXIS = 20;
const strips = Math.min(STRIPS_MAX, data.bands.reduce((most, band) => Math.max(most, band.row + 1), 0));
const TOP = 6 + strips * STRIP;
const bars = data.bars.slice().sort((a, b) => a.from - b.from || a.id - b.id);
const byId = new Map(bars.map((bar) => [bar.id, bar]));
const first = bars.length === 0 ? 0 : bars[0].from;
let last = first + 1;
for (const bar of bars) last = Math.max(last, bar.to === null ? bar.from : bar.to);
const view = { from: first, to: last, top: 0, key: -1, finding: -1, order: 0, selected: null, hover: null };
const TONES = ['page', 'ink', 'quiet', 'part', 'bar', 'bar-edge', 'failed', 'nowhere', 'wrong', 'fault', 'fault-shade', 'leader'];
let tone = {};
let asked = false;

function readTones() {
  const style = getComputedStyle(document.documentElement);
  tone = Object.fromEntries(TONES.map((name) => [name, style.getPropertyValue('--' + name).trim()]));
}

function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; draw(); });
}
function x(at) { return LEFT + ((at - view.from) / (view.to - view.from)) * (canvas.clientWidth - LEFT - 12); }
function timeAt(px) { return view.from + ((px - LEFT) / (canvas.clientWidth - LEFT - 12)) * (view.to - view.from); }
function shown(bar) { return view.key === -1 || bar.key === view.key; }
function endOf(bar) { return bar.to === null ? Math.max(last, bar.from) : bar.to; }
function clock(at) { return data.timed ? (at / 1e6).toFixed(6) + ' s' : 'event ' + at; }

function draw() {
  const wide = canvas.clientWidth, high = canvas.clientHeight, ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, wide, high);
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (const band of data.bands) if (band.kind === 'fault') drawBand(band, TOP, yOf(data.lanes.length) - TOP, tone['fault-shade'], '');
  const finding = data.findings[view.finding];
  const order = finding && finding.orders[view.order];
  const place = new Map((order ? order.operations : []).map((id, i) => [id, i + 1]));
  const part = new Set(finding ? finding.operations : []);
  const least = Math.floor(view.top / ROW) - 1, most = Math.ceil((view.top + high) / ROW);
  for (const bar of bars) {
    if (bar.lane < least || bar.lane > most || !shown(bar)) continue;
    if (bar.from > view.to) break;
    if (endOf(bar) < view.from) continue;
    drawBar(bar, finding, part, place);
  }
  if (finding) for (const step of finding.arrows) drawArrow(step);
  pen.fillStyle = tone.page;
  pen.fillRect(0, 0, wide, TOP);
  for (const band of data.bands) {
    if (band.row < strips) drawBand(band, band.row * STRIP + 2, STRIP - 2, band.kind === 'leader' ? tone.leader : tone.fault, band.text);
  }
  drawAxis(wide, high);
  pen.fillStyle = tone.page;
  pen.fillRect(0, 0, LEFT - 4, high);
  pen.fillStyle = tone.ink;
  data.lanes.forEach((name, lane) => {
    if (lane >= least && lane <= most && yOf(lane) >= TOP - 12) clipped(name, 8, yOf(lane) + BAR / 2 + 1, LEFT - 14);
  });
}
function drawAxis(wide, high) {
  const apart = Math.max(1, (view.to - view.from) / Math.max(1, (wide - LEFT) / 130));
  const power = Math.pow(10, Math.floor(Math.log10(apart)));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= apart);
  const decimals = Math.max(0, Math.min(6, 6 - Math.floor(Math.log10(step))));
  pen.fillStyle = tone.page;
  pen.fillRect(0, high - AXIS, wide, AXIS);
  pen.fillStyle = tone.quiet;
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    const px = x(at);
    if (px < LEFT) continue;
    pen.fillRect(px, high - AXIS, 1, 5);
    pen.fillText(data.timed ? (at / 1e6).toFixed(decimals) + ' s' : 'event ' + at, px + 4, high - AXIS / 2 + 2);
  }
}
function drawBand(band, y, tall, colour, content) {
  const a = Math.max(LEFT, x(band.from)), b = band.to === null ? canvas.clientWidth : Math.min(canvas.clientWidth, x(band.to));
  if (b < LEFT || a > canvas.clientWidth) return;
  pen.fillStyle = colour;
  pen.fillRect(a, y, Math.max(2, b - a), tall);
  pen.fillStyle = tone.ink;
  if (content !== '') clipped(content, a + 3, y + tall / 2 + 1, b - a - 4);
}
function yOf(lane) { return TOP + lane * ROW - view.top; }
function clipped(content, px, py, room) {
  const wide = pen.measureText(content).width;
  if (wide <= room) return pen.fillText(content, px, py);
  let fits = Math.floor((room / wide) * content.length);
  while (fits > 1 && pen.measureText(content.slice(0, fits - 1) + '…').width > room) fits--;
  if (fits > 1) pen.fillText(content.slice(0, fits - 1) + '…', px, py);
}
function drawBar(bar, finding, part, place) {
  const a = Math.max(LEFT - 4, x(bar.from)), b = Math.min(canvas.clientWidth + 4, x(endOf(bar)));
  const y = yOf(bar.lane) + 2, wide = Math.max(2, b - a), nowhere = finding && bar.id === finding.fitsNowhere;
  pen.fillStyle = nowhere ? tone.nowhere : part.has(bar.id) ? tone.part : bar.outcome === 'failed' ? tone.failed : tone.bar;
  pen.strokeStyle = nowhere ? tone.wrong : bar === view.selected ? tone.ink : tone['bar-edge'];
  pen.lineWidth = nowhere || bar === view.selected || bar === view.hover ? 2 : 1;
  if (bar.to === null) pen.setLineDash([4, 3]);
  pen.fillRect(a, y, wide, BAR);
  if (wide > 3 || pen.lineWidth > 1) pen.strokeRect(a, y, wide, BAR);
  if (bar.to === null) pen.setLineDash([]);
  if (wide <= 24) return;
  pen.fillStyle = tone.ink;
  const number = place.get(bar.id);
  const label = (number === undefined ? '' : number + '. ') + bar.text + (bar.outcome === 'unknown' ? ' ?' : bar.outcome === 'failed' ? ' failed' : '');
  clipped(label, a + 3, y + BAR / 2, wide - 6);
}
function drawArrow(step) {
  const from = byId.get(step.from), to = byId.get(step.to);
  if (!from || !to) return;
  const part = (bar, share) => x(bar.from) + (x(endOf(bar)) - x(bar.from)) * share;
  const edge = (bar, other) => yOf(bar.lane) + 2 + (bar.lane <= other.lane ? BAR : 0);
  const ax = part(from, 0.75), bx = part(to, 0.25), ay = edge(from, to), by = edge(to, from);
  pen.strokeStyle = pen.fillStyle = tone.wrong;
  pen.lineWidth = 1.5;
  const mx = (ax + bx) / 2, my = (ay + by) / 2 + (from.lane === to.lane ? 24 : 0);
  pen.beginPath();
  pen.moveTo(ax, ay);
  pen.quadraticCurveTo(mx, my, bx, by);
  pen.stroke();
  const angle = Math.atan2(by - my, bx - mx);
  pen.beginPath();
  pen.moveTo(bx, by);
  pen.lineTo(bx - 8 * Math.cos(angle - 0.4), by - 8 * Math.sin(angle - 0.4));
  pen.lineTo(bx - 8 * Math.cos(angle + 0.4), by - 8 * Math.sin(angle + 0.4));
  pen.fill();
  const on = (a, m, b) => 0.49 * a + 0.42 * m + 0.09 * b, lx = on(ax, mx, bx) + 4, ly = on(ay, my, by);
  pen.strokeStyle = tone.page;
  pen.lineWidth = 3;
  pen.strokeText(step.label, lx, ly);
  pen.fillText(step.label, lx, ly);
}

function at(px, py) {
  const lane = Math.floor((py - TOP + view.top) / ROW), time = timeAt(px), slack = ((view.to - view.from) / canvas.clientWidth) * 3;
  if (px < LEFT) return null;
  let best = null;
  for (const bar of bars) {
    if (bar.from - slack > time) break;
    if (bar.lane === lane && shown(bar) && endOf(bar) + slack >= time) best = bar;
  }
  return best;
}
function describe(bar) {
  const how = bar.outcome === 'ok' ? 'returned at ' + clock(bar.to) : bar.outcome === 'failed' ? 'failed' : 'was never answered';
  const finding = data.findings[view.finding];
  const nowhere = finding && finding.fitsNowhere === bar.id ? ' It fits nowhere.' : '';
  return data.lanes[bar.lane] + ': ' + bar.text + '. Called at ' + clock(bar.from) + ', ' + how + '.' + nowhere;
}
function select(bar) {
  view.selected = bar;
  details.textContent = bar === null ? '' : describe(bar);
  if (bar !== null) bringIntoView(bar);
  redraw();
}
function bringIntoView(bar) {
  const span = view.to - view.from;
  if (bar.from < view.from || bar.from > view.to) { view.from = bar.from - span / 3; view.to = view.from + span; }
  scrollTo(yOf(bar.lane) < TOP ? view.top + yOf(bar.lane) - TOP : yOf(bar.lane) > canvas.clientHeight - 2 * ROW ? view.top + yOf(bar.lane) - canvas.clientHeight + 2 * ROW : view.top);
}
function scrollTo(top) {
  view.top = Math.max(0, Math.min(top, data.lanes.length * ROW + TOP + ROW - canvas.clientHeight));
  redraw();
}
function zoom(factor, around) {
  const span = Math.max(1, (view.to - view.from) * factor);
  const share = (around - view.from) / (view.to - view.from);
  view.from = around - share * span;
  view.to = view.from + span;
  redraw();
}
function pan(by) { view.from += by; view.to += by; redraw(); }
function fit(list) {
  if (list.length === 0) return;
  let from = Infinity, to = -Infinity, lane = Infinity;
  for (const bar of list) {
    from = Math.min(from, bar.from);
    to = Math.max(to, bar.to === null ? bar.from : bar.to);
    lane = Math.min(lane, bar.lane);
  }
  const edge = Math.max(1, (to - from) * 0.06);
  view.from = from - edge;
  view.to = to + edge;
  scrollTo(lane * ROW - ROW);
}
function go(by) {
  const list = bars.filter(shown);
  if (list.length === 0) return;
  const now = view.selected === null ? -1 : list.indexOf(view.selected);
  select(list[Math.max(0, Math.min(list.length - 1, now + by))]);
}
function goLane(by) {
  if (view.selected === null) return go(1);
  let best = null, near = Infinity;
  for (const bar of bars) {
    if (!shown(bar) || (by > 0 ? bar.lane <= view.selected.lane : bar.lane >= view.selected.lane)) continue;
    const far = Math.abs(bar.lane - view.selected.lane) * 1e15 + Math.abs(bar.from - view.selected.from);
    if (far < near) { near = far; best = bar; }
  }
  if (best !== null) select(best);
}
function show(index) {
  view.finding = index;
  view.order = 0;
  document.querySelectorAll('[data-finding]').forEach((button) => button.setAttribute('aria-pressed', String(Number(button.dataset.finding) === index)));
  const finding = data.findings[index], about = document.getElementById('about');
  about.replaceChildren();
  if (finding) {
    add(about, 'p', finding.says);
    if (finding.steps.length > 0) {
      const list = add(about, 'ol', '');
      for (const step of finding.steps) add(list, 'li', step.says + ' (' + step.label + ')');
      add(about, 'p', 'So the first would come before itself.');
    }
    finding.orders.forEach((order, i) => {
      const names = order.operations.map((id) => byId.get(id).text);
      const button = add(about, 'button', 'An order that fits: ' + (names.length === 0 ? 'nothing' : names.slice(-8).join(', ')) + '; then the state is ' + order.state);
      button.type = 'button';
      button.addEventListener('click', () => { view.order = i; redraw(); });
    });
    fit(finding.operations.map((id) => byId.get(id)).filter(Boolean));
    select(byId.get(finding.fitsNowhere) || byId.get(finding.operations[0]) || null);
  }
  redraw();
}
function add(parent, tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  parent.append(element);
  return element;
}

const list = document.getElementById('findings');
data.findings.forEach((finding, i) => {
  const button = add(add(list, 'li', ''), 'button', finding.title);
  button.type = 'button';
  button.dataset.finding = String(i);
  button.addEventListener('click', () => show(i));
});
if (data.findings.length === 0) add(list, 'li', 'Nothing was found.');
const keys = document.getElementById('key');
data.keys.forEach((key, i) => { add(keys, 'option', key).value = String(i); });
keys.addEventListener('change', () => { view.key = Number(keys.value); redraw(); });

let drag = null;
canvas.addEventListener('pointerdown', (event) => {
  drag = { px: event.offsetX, py: event.offsetY, from: view.from, to: view.to, top: view.top, moved: false };
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointermove', (event) => {
  if (drag === null) {
    const bar = at(event.offsetX, event.offsetY);
    if (bar !== view.hover) { view.hover = bar; canvas.title = bar === null ? '' : describe(bar); redraw(); }
    return;
  }
  const by = ((drag.px - event.offsetX) / (canvas.clientWidth - LEFT - 12)) * (drag.to - drag.from);
  drag.moved = drag.moved || Math.abs(drag.px - event.offsetX) + Math.abs(drag.py - event.offsetY) > 4;
  view.from = drag.from + by;
  view.to = drag.to + by;
  scrollTo(drag.top + drag.py - event.offsetY);
});
canvas.addEventListener('pointerup', (event) => {
  if (drag !== null && !drag.moved) select(at(event.offsetX, event.offsetY));
  drag = null;
});
canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  if (event.ctrlKey) zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.offsetX));
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(((event.deltaX || event.deltaY) / canvas.clientWidth) * (view.to - view.from));
  else scrollTo(view.top + event.deltaY);
}, { passive: false });
const KEYS = {
  ArrowRight: () => go(1), ArrowLeft: () => go(-1), ArrowDown: () => goLane(1), ArrowUp: () => goLane(-1),
  PageDown: () => go(20), PageUp: () => go(-20), Home: () => go(-Infinity), End: () => go(Infinity),
  '+': () => zoom(0.7, (view.from + view.to) / 2), '-': () => zoom(1.4, (view.from + view.to) / 2), 0: () => fit(bars),
  n: () => { if (data.findings.length > 0) show((view.finding + 1) % data.findings.length); },
};
canvas.addEventListener('keydown', (event) => {
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
addEventListener('resize', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readTones(); redraw(); });
readTones();
if (data.findings.length > 0) show(0);
else fit(bars);
redraw();
`;
