import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { RunRecord } from '../../engine/index.js';
import { embedRun } from '../../visualizer/embed/embed-run.js';
import { browserMissing, launchBrowser, openPage, settle, shippedPage, type OpenedPage } from './page-browser.js';
import { recordedRun } from './recorded-run.js';
import { syntheticRun } from './synthetic-run.js';

describe.skipIf(browserMissing)('the page', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    [browser, html] = await Promise.all([launchBrowser(), shippedPage()]);
  });
  afterAll(() => browser.close());

  const open = (record: RunRecord): Promise<OpenedPage> => openPage(browser, embedRun(html, record));
  const sentence = (page: Page): Promise<string> => page.getByTestId('event-sentence').innerText();
  const eventNumber = (page: Page): Promise<string> => page.getByTestId('event-number').innerText();

  it('loads from a file without complaints and without the network', async () => {
    const { page, complaints, requests, close } = await open(syntheticRun());
    await expect.poll(() => page.title()).toContain('raft/stale-read');
    expect(await page.getByTestId('verdict').innerText()).toMatch(/violation.*linearizable/s);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForTimeout(300);
    expect(complaints).toEqual([]);
    // The page itself is the one file that it reads.
    expect(requests).toHaveLength(1);
    await close();
  });

  it('opens a failing run where it fails, and tells what led there', async () => {
    const { page, close } = await open(syntheticRun());
    expect(await sentence(page)).toBe('c2 is answered: read x 1');
    const why = await page.locator('.why li .grow').allInnerTexts();
    expect(why).toEqual([
      'because c2 receives reply from n2',
      'because n2 sends reply to c2',
      'because n2 receives request from c2',
      'because c2 sends request to n2',
      'because c2 asks for read x',
    ]);
    await close();
  });

  it('on a narrow screen gives every panel its height, and nothing runs out of it', async () => {
    const { page, close } = await openPage(browser, embedRun(html, syntheticRun()), {
      viewport: { width: 390, height: 844 },
    });
    const heights = await page.evaluate(() =>
      [...document.querySelectorAll('.panel')].map((panel) => Math.round(panel.getBoundingClientRect().height)),
    );
    expect(heights.length).toBeGreaterThan(4);
    expect(Math.max(...heights)).toBeLessThanOrEqual(470);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await close();
  });

  it('steps both ways by keyboard, and shows each state and what just changed', async () => {
    const { page, close } = await open(syntheticRun());
    await page.keyboard.press('Home');
    await settle(page);
    expect(await eventNumber(page)).toBe('event 0 of 1210');
    const seen: string[] = [];
    const look = async (): Promise<string> => {
      await settle(page);
      return `${await eventNumber(page)} | ${await sentence(page)} | ${await page.locator('#state-panel').innerText()}`;
    };
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press('ArrowRight');
      seen.push(await look());
    }
    expect(new Set(seen).size).toBe(20);
    // Event 6 is n2's election timer: the first step that changes a state after the starts.
    expect(seen[5]).toContain('n2’s timer election fires');
    expect(seen[5]).toMatch(/currentTerm\s+0 → 1/);
    for (let step = 18; step >= 0; step -= 1) {
      await page.keyboard.press('ArrowLeft');
      expect(await look()).toBe(seen[step]);
    }
    await page.keyboard.press('End');
    await settle(page);
    expect(await eventNumber(page)).toBe('event 1210 of 1210');
    await close();
  });

  it('plays and pauses with the space bar, also after a click', async () => {
    const { page, close } = await open(syntheticRun());
    await page.getByRole('button', { name: 'partition {n1 n2}' }).first().click();
    const before = await eventNumber(page);
    await page.keyboard.press(' ');
    await expect.poll(() => eventNumber(page)).not.toBe(before);
    await page.keyboard.press(' ');
    await settle(page);
    const paused = await eventNumber(page);
    await page.waitForTimeout(100);
    expect(await eventNumber(page)).toBe(paused);
    await close();
  });

  it('marks the operation that fits nowhere, in words and in the picture', async () => {
    const record = syntheticRun();
    const { page, close } = await open(record);
    const marked = page.getByTestId('marked-operations');
    expect(await marked.innerText()).toMatch(/read x → 1 by c2 fits nowhere/);
    await page.keyboard.press('Home');
    await marked.getByRole('button').click();
    await settle(page);
    expect(await sentence(page)).toBe('c2 is answered: read x 1');
    expect(await markPixels(page)).toBeGreaterThan(20);
    await close();

    const unmarked = await open({ ...record, footer: { ...record.footer, violations: [] } });
    await settle(unmarked.page);
    expect(await unmarked.page.getByTestId('marked-operations').count()).toBe(0);
    expect(await markPixels(unmarked.page)).toBe(0);
    await unmarked.close();
  });

  it('shows markup in names as text', async () => {
    const evil = '<img src=x onerror="window.hacked=1">';
    const script = '</script><script>window.hacked=2</script><!--<script>';
    const record = renamed(syntheticRun(), 'n2', evil);
    const { page, complaints, close } = await open({
      ...record,
      header: { ...record.header, scenario: script, bug: "$&$'\u2028" },
    });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(script);
    expect(await page.locator('.node-name').allTextContents()).toContain(evil);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(complaints).toEqual([]);
    await close();
  });

  it('draws a run of the real engine, with the states that it had', async () => {
    const record = recordedRun();
    const { page, complaints, close } = await open(record);
    await page.keyboard.press('End');
    await page.getByRole('tab', { name: 'n1' }).click();
    await settle(page);
    const last = record.events.findLast(({ node, role }) => node === 'n1' && role !== undefined)?.role;
    expect(await page.locator('#state-panel').innerText()).toContain(`${last?.name}, term ${last?.term}`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says how to get states where a run was recorded without them', async () => {
    const { page, close } = await open(syntheticRun({ states: false }));
    expect(await page.getByTestId('no-states').innerText()).toContain('npx splitbrain run raft/stale-read --seed 4');
    await close();
  });

  it('explains a page without a run, a broken run and another version; leaves unknown kinds out with a notice', async () => {
    const record = syntheticRun();
    const title = async (page: string): Promise<string> => {
      const opened = await openPage(browser, page);
      const text = await opened.page.getByRole('heading', { level: 1 }).innerText();
      expect(opened.complaints).toEqual([]);
      await opened.close();
      return text;
    };
    expect(await title(html)).toBe('This page holds no run yet');
    expect(await title(embedRun(html, record).replace('"footer"', '"footer'))).toBe(
      'The run in this page cannot be read',
    );
    const later = { ...record, header: { ...record.header, version: 99 } };
    expect(await title(embedRun(html, later))).toBe('This run was written by another version of splitbrain');

    const odd = {
      ...record,
      events: [...record.events, { ...record.events[0]!, id: 5_000, time: 4e6, kind: 'teleport' }],
    };
    const opened = await open(odd as unknown as RunRecord);
    expect(await opened.page.locator('.notices').innerText()).toContain(
      '1 event of the unknown kind “teleport” left out',
    );
    expect(await eventNumber(opened.page)).toContain('of 1210');
    await opened.close();
  });
});

/** How many pixels of the history have the colour that marks an operation, at full strength. */
function markPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.history canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      // #d55e00, as the style sheet has it for light.
      if (data[at] === 0xd5 && data[at + 1] === 0x5e && data[at + 2] === 0 && data[at + 3] === 255) count += 1;
    }
    return count;
  });
}

/** The same run with a node of another name. */
function renamed(record: RunRecord, old: string, name: string): RunRecord {
  return {
    ...record,
    header: { ...record.header, nodes: record.header.nodes.map((node) => (node === old ? name : node)) },
    events: record.events.map((event) => ({
      ...event,
      node: event.node === old ? name : event.node,
      ...(event.peer === old ? { peer: name } : {}),
    })),
  };
}
