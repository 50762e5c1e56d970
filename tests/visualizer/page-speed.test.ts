import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { embedRun } from '../../visualizer/embed/embed-run.js';
import { browserMissing, launchBrowser, openPage, settle, shippedPage } from './page-browser.js';
import { syntheticRun } from './synthetic-run.js';

describe.skipIf(browserMissing)('the page with a long run', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    [browser, html] = await Promise.all([launchBrowser(), shippedPage()]);
  });
  afterAll(() => browser.close());

  it('keeps working through 200 scripted steps and jumps of a run of 20,000 events', async () => {
    const { page, complaints, close } = await openPage(browser, embedRun(html, syntheticRun({ eventsMin: 20_000 })));
    await page.keyboard.press('Home');
    const frames = await page.evaluate(async () => {
      const times: number[] = [];
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const press = (key: string): boolean => dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
      const slider = document.querySelector<HTMLInputElement>('input[type=range]')!;
      for (let step = 0; step < 200; step += 1) {
        const begin = await frame();
        if (step % 4 === 0) {
          slider.value = String((Number(slider.max) * ((step * 37) % 200)) / 200);
          slider.dispatchEvent(new Event('input', { bubbles: true }));
        } else press(step % 4 === 3 ? 'ArrowLeft' : 'ArrowRight');
        times.push((await frame()) - begin);
      }
      return times.sort((a, b) => a - b);
    });
    const at = (share: number): string => `${(frames[Math.floor(share * (frames.length - 1))] ?? 0).toFixed(0)} ms`;
    console.log(`20,000 events, from one frame to the next: median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`);
    const eventNumber = (): Promise<string> => page.getByTestId('event-number').innerText();
    expect(await eventNumber()).toMatch(/^event \d+ of 20\d\d\d$/);
    await page.keyboard.press('End');
    await settle(page);
    const [, at20, of] = /^event (\d+) of (\d+)$/.exec(await eventNumber()) ?? [];
    expect(at20).toBe(of);
    expect(complaints).toEqual([]);
    await close();
  });
});
