import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capPage, type CapReport } from '../../scenarios/index.js';
import { browserMissing, launchBrowser, openPage } from './page-browser.js';

const EVIL = '</pre></title><script>window.broken = 1</script><img src=x onerror="window.broken = 2">';

const half = { asked: 10, ok: 0.5, failed: 0.3 };
const answered = { reads: half, writes: { asked: 10, ok: 1, failed: 0 } };

/** Every word of it that is free looks like markup. */
const REPORT: CapReport = {
  store: EVIL,
  configuration: `" onclick="window.broken = 3" ${EVIL}`,
  class: 'neither',
  pacelc: { class: 'neither', readSlope: 2, writeSlope: 0, refuted: true },
  noFault: answered,
  cuts: [
    {
      cut: 'halves',
      sides: `${EVIL}{n1} | {n2}`,
      all: [answered, answered, answered],
      bySide: [answered, answered],
      byNode: [answered, answered],
      verdict: 'refuted',
      operations: 1_234,
      contended: 567,
      evidence: { seed: EVIL, text: EVIL },
      converged: 190_000,
    },
  ],
  losses: { acknowledged: 9, lost: 2 },
  lossesBy: 'appends to lists',
  seeds: [EVIL],
  runs: 1,
};

describe.skipIf(browserMissing)('the page of cap --html', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows names and evidence as text, whatever they hold, and asks nobody for anything', async () => {
    const opened = await openPage(browser, capPage([REPORT]));
    const { page } = opened;
    await page.locator('summary').click();
    expect(await page.locator('pre').textContent()).toBe(EVIL);
    expect(await page.locator('tbody th').first().textContent()).toContain('<script>');
    expect(await page.locator('img, script, [onclick]').count()).toBe(0);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect([opened.complaints, opened.requests.length]).toEqual([[], 1]);
    await opened.close();
  });

  it('tells errors and silence apart, every node, and how much was judged', async () => {
    const opened = await openPage(browser, capPage([REPORT]));
    const figures = (await opened.page.locator('details table').textContent())!;
    expect(figures).toContain('n1 50/100, n2 50/100');
    expect(figures).toContain('reads 3 errors, 2 silent of 10, writes 0 errors, 0 silent of 10');
    expect(figures).toContain('after 0.19 s1234567');
    await opened.close();
  });

  it('has no accessibility violations', async () => {
    const opened = await openPage(browser, capPage([REPORT]));
    await opened.page.locator('summary').click();
    const { violations } = await new AxeBuilder({ page: opened.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await opened.close();
  });
});
