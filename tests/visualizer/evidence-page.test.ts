import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  consistency,
  evidenceData,
  evidenceSvg,
  kv,
  linearizable,
  readHistory,
  transactions,
} from '../../checkers/index.js';
import { evidencePage } from '../../cli/evidence-page.js';
import type { HistoryEvent } from '../../engine/history.js';
import { randomHistory } from '../checkers/random-history.js';
import { browserMissing, launchBrowser, openPage, settle } from './page-browser.js';

const EVIL = '<script>window.broken = 1</script><img src=x onerror="window.broken = 2">';

/** A stale read of a key, and with a value, that look like markup; a fault and a leader beside it. */
const STALE: HistoryEvent[] = [
  { index: 0, time: 0, type: 'info', process: 'nemesis', f: 'leader', value: 'n1' },
  { index: 1, time: 1_000, type: 'invoke', process: 0, f: 'write', key: EVIL, value: EVIL },
  { index: 2, time: 2_000, type: 'ok', process: 0, f: 'write', key: EVIL, value: EVIL },
  { index: 3, time: 2_500, type: 'info', process: 'nemesis', f: 'start-partition', value: '</script>' },
  { index: 4, time: 3_000, type: 'invoke', process: 1, f: 'read', key: EVIL, value: null },
  { index: 5, time: 4_000, type: 'ok', process: 1, f: 'read', key: EVIL, value: null },
  { index: 6, time: 5_000, type: 'info', process: 'nemesis', f: 'stop-partition', value: null },
];

function staleData() {
  return evidenceData({ history: STALE, model: kv, linearizability: linearizable(STALE, kv, { evidence: true }) });
}

describe('the data of a picture', () => {
  it('has bands for faults and leaders', () => {
    expect(staleData().bands).toEqual([
      { from: 0, to: null, text: 'leader n1', kind: 'leader', row: 0 },
      { from: 2_500, to: 5_000, text: 'start-partition "</script>"', kind: 'fault', row: 1 },
    ]);
  });
  it('has two leaders at once in two rows, and each fault with its own end', () => {
    const note = (time: number, f: string, of: string): HistoryEvent => ({
      ...{ index: time, time, type: 'info', process: 'nemesis', f },
      value: { says: of, of },
    });
    const nemesis = [
      ...[note(1, 'start-leader', 'n1'), note(2, 'start-crash', 'fault 1'), note(3, 'start-leader', 'n2')],
      ...[note(4, 'start-crash', 'fault 2'), note(5, 'stop-crash', 'fault 1'), note(6, 'stop-leader', 'n1')],
      ...[note(7, 'start-leader', 'n3'), note(8, 'stop-crash', 'fault 2')],
    ];
    const { bands } = evidenceData({ history: STALE, nemesis, model: kv });
    expect(bands.map(({ text, from, to, row }) => `${text} ${from}–${to ?? ''} in ${row}`)).toEqual([
      ...['n1 1–6 in 0', 'n2 3– in 1', 'n3 7– in 0'],
      ...['fault 1 2–5 in 2', 'fault 2 4–8 in 3'],
    ]);
  });
  it('has the operation that fits nowhere, and the orders that fit', () => {
    const [finding] = staleData().findings;
    expect(finding).toMatchObject({ fitsNowhere: 4, operations: [1, 4] });
    expect(finding?.orders[0]?.operations).toEqual([1]);
  });
  it('has the circles of levels and of transactions', () => {
    const { history } = readHistory(`[{:type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :invoke, :process 1, :f :txn, :value [[:r :y nil] [:append :x 2]]}
{:type :ok, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :ok, :process 1, :f :txn, :value [[:r :y nil] [:append :x 2]]}]`);
    const skew = evidenceData({ history, transactions: transactions(history) });
    expect(skew.findings[0]?.steps.map(({ label }) => label)).toEqual(['rw', 'rw']);
    expect(skew.bars[0]?.text).toBe('T0: r x = null, append y 1');
    const levels = evidenceData({ history: STALE, model: kv, levels: consistency(STALE, kv) });
    expect(levels.findings.map(({ title }) => title)).toContain('not safe: StaleRead');
  });
});

describe('the picture as SVG', () => {
  it('marks what fits nowhere, draws arrows, and holds no markup of the history', () => {
    const svg = evidenceSvg(staleData());
    expect(svg).toContain('stroke="#a11" stroke-width="2"');
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<img');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
  it('keeps every name of an arrow inside the picture, and says what failed', () => {
    const { history } = readHistory(`[{:type :invoke, :process 0, :f :txn, :value [[:append :x 1]]}
{:type :fail, :process 0, :f :txn, :value [[:append :x 1]]}
{:type :invoke, :process 1, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :invoke, :process 2, :f :txn, :value [[:r :y nil] [:append :z 1]]}
{:type :ok, :process 1, :f :txn, :value [[:r :x [1]] [:append :y 1]]}
{:type :ok, :process 2, :f :txn, :value [[:r :y nil] [:append :z 1]]}
{:type :invoke, :process 3, :f :txn, :value [[:r :z nil] [:r :y nil]]}
{:type :ok, :process 3, :f :txn, :value [[:r :z nil] [:r :y [1]]]}]`);
    const svg = evidenceSvg(evidenceData({ history, transactions: transactions(history) }));
    const height = Number(/height="([\d.]+)"/.exec(svg)![1]);
    const names = [...svg.matchAll(/y="([\d.]+)" font-size="10" fill="#a11"/g)].map(([, y]) => Number(y));
    expect(names.length).toBeGreaterThan(1);
    for (const y of names) expect(y > 10 && y < height).toBe(true);
    expect(svg).toContain('append x 1 (failed)');
  });
  it('shows a history in which nothing was found', () => {
    const fine = randomHistory({ operations: 20, processes: 3, names: ['read', 'write'], values: 0, lost: 0.1 }, 1);
    const svg = evidenceSvg(evidenceData({ history: fine, model: kv, linearizability: linearizable(fine, kv) }));
    expect(svg).toContain('✓ linearizable');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(evidenceSvg(evidenceData({ history: [], model: kv, linearizability: linearizable([], kv) }))).not.toMatch(
      /NaN|Infinity/,
    );
  });
});

describe.skipIf(browserMissing)('the page of check --html', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows what was found, by mouse and by keyboard, and asks nobody for anything', async () => {
    const opened = await openPage(browser, evidencePage(staleData()));
    const { page } = opened;
    const details = page.locator('#details');
    expect(await details.textContent()).toContain('It fits nowhere.');
    expect(await page.getByRole('button', { name: /not linearizable/ }).getAttribute('aria-pressed')).toBe('true');
    await page.locator('#time-line').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await details.textContent()).toContain('p0: write');
    await page.keyboard.press('ArrowDown');
    expect(await details.textContent()).toContain('p1: read');
    for (const key of ['+', '-', '0', 'n', 'End', 'Home']) await page.keyboard.press(key);
    await settle(page);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#about').textContent()).toContain('<script>');
    expect([opened.complaints, opened.requests.length]).toEqual([[], 1]);
    await opened.close();
  });

  it.each(['light', 'dark'] as const)('has no accessibility violations when it is %s', async (colorScheme) => {
    const opened = await openPage(browser, evidencePage(staleData()));
    await opened.page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: opened.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await opened.close();
  });

  it('draws anew in the colours of the scheme when that changes', async () => {
    const opened = await openPage(browser, evidencePage(staleData()));
    const corner = async (colorScheme: 'light' | 'dark'): Promise<unknown> => {
      await opened.page.emulateMedia({ colorScheme });
      await settle(opened.page);
      return opened.page.evaluate(
        `[...document.getElementById('time-line').getContext('2d').getImageData(1, 1, 1, 1).data]`,
      );
    };
    expect(await corner('dark')).toEqual([16, 20, 26, 255]);
    expect(await corner('light')).toEqual([255, 255, 255, 255]);
    // Times below.
    const inked = await opened.page.evaluate(`(() => {
      const { width, height } = document.getElementById('time-line');
      const below = document.getElementById('time-line').getContext('2d').getImageData(80, height - 20, width - 80, 20).data;
      return below.filter((part) => part < 128).length;
    })()`);
    expect(inked).toBeGreaterThan(100);
    await opened.close();
  });

  it('takes 10,000 operations in a few megabytes, and answers every key', async () => {
    const large = randomHistory({ operations: 10_000, processes: 20, names: ['read', 'write'], values: 0, keys: 5 }, 3);
    const html = evidencePage(evidenceData({ history: large, model: kv, linearizability: linearizable(large, kv) }));
    expect(html.length).toBeLessThan(3_000_000);
    const opened = await openPage(browser, html);
    const { page } = opened;
    await page.locator('#time-line').focus();
    for (let i = 0; i < 50; i++) await page.keyboard.press(i % 2 === 0 ? '+' : 'PageDown');
    await settle(page);
    expect(await page.locator('#details').textContent()).toMatch(/^p\d+: (read|write)/);
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });
});
