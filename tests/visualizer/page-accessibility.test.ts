import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { embedRun } from '../../visualizer/embed/embed-run.js';
import { browserMissing, launchBrowser, openPage, shippedPage } from './page-browser.js';
import { syntheticRun } from './synthetic-run.js';

describe.skipIf(browserMissing)('the page for everybody', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    [browser, html] = await Promise.all([launchBrowser(), shippedPage()]);
  });
  afterAll(() => browser.close());

  it.each(['light', 'dark'] as const)('has no serious accessibility violations (%s)', async (colorScheme) => {
    const opened = await openPage(browser, embedRun(html, syntheticRun()), { colorScheme });
    const serious = async (): Promise<readonly string[]> => {
      const { violations } = await new AxeBuilder({ page: opened.page }).analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
        );
    };
    expect(await serious()).toEqual([]);
    await opened.page.keyboard.press('?');
    expect(await opened.page.getByRole('dialog').isVisible()).toBe(true);
    expect(await serious()).toEqual([]);
    await opened.page.keyboard.press('Escape');
    expect(await opened.page.getByRole('dialog').isVisible()).toBe(false);
    await opened.close();
  });
});
