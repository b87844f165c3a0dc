/** The one-file report and the slides in a real browser: drawn, searched, and read by everybody. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { writeHandout } from '../../lib/src/report/handout/writeHandout';
import { chromiumPath } from './jupyter';
import { freshFolder } from '../support/folders';

const missing = existsSync(chromiumPath()) ? undefined : `no Chromium at ${chromiumPath()}`;
if (missing !== undefined) console.log(`handout: browser tests skipped, ${missing}`);

describe.skipIf(missing !== undefined)('handout', () => {
  const folder = freshFolder();
  let browser: Browser;
  const problems: string[] = [];
  const opened = async (file: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP: false });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => /^https?:/.test(request.url()) && problems.push(request.url()));
    await page.goto(pathToFileURL(join(folder, file)).href);
    return page;
  };

  beforeAll(async () => {
    const session = openResults(join(folders.results, 'mini.json'));
    await writeHandout(session, { html: join(folder, 'report.html'), slides: join(folder, 'slides.html') });
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(() => browser?.close());

  it.each([
    [1280, 'light'],
    [768, 'dark'],
    [400, 'light'],
  ] as const)(
    'fits %d pixels (%s), without problems for anybody',
    { timeout: 120_000 },
    async (width, scheme) => {
      const page = await opened('report.html', width, scheme);
      await page.locator('.plot').first().scrollIntoViewIfNeeded();
      await page.locator('.plot.live .main-svg').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      expect(await scrolledSideways(page)).toEqual([]);
      // The mean gains of "at a glance", and what a table says of itself, are read without scrolling.
      const means = page.locator('.glance thead th:nth-child(3)');
      expect(await means.allTextContents()).toEqual(['in the paper', 'in the paper']);
      for (const mean of await means.all()) {
        const { x = Infinity, width: wide = 0 } = (await mean.boundingBox()) ?? {};
        expect(x + wide).toBeLessThan(width);
      }
      if (width === 400) await expectReadableRows(page);
      const captions = await page
        .locator('caption')
        .evaluateAll((all) => all.map((caption) => caption.getBoundingClientRect().right - innerWidth));
      expect(Math.max(...captions)).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page)).toEqual([]);
      await page.close();
    },
  );

  it('searches a table by whole datasets', { timeout: 120_000 }, async () => {
    const page = await opened('report.html', 1280, 'light');
    const table = page
      .locator('.searchable', { hasText: 'trainable' })
      .filter({ hasText: 'Popularity' })
      .first();
    const rows = table.locator('tbody tr:visible');
    const all = await rows.count();
    await table.locator('input').fill('pantry');
    expect(await rows.count()).toBe(all / 5);
    await page.close();
  });

  it.each([
    ['PNG', 'png', /^\x89PNG/],
    ['SVG', 'svg', /^<svg/],
  ])('downloads a figure as %s', { timeout: 120_000 }, async (form, ending, start) => {
    const page = await opened('report.html', 1280, 'light');
    const plot = page.locator('.plot').first();
    await plot.scrollIntoViewIfNeeded();
    await plot.locator('.main-svg').first().waitFor();
    await plot.hover();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      plot.locator(`[data-title="Download as ${form}"]`).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`${await plot.getAttribute('data-figure')}.${ending}`);
    expect(readFileSync(await file.path(), 'latin1')).toMatch(start);
    await page.close();
  });

  it(
    'prints tables and figures whole, without what only a screen can use',
    { timeout: 120_000 },
    async () => {
      const page = await opened('report.html', 1280, 'light');
      await page.emulateMedia({ media: 'print' });
      for (const name of ['nav', '#theme', 'input[type=search]'])
        expect(await page.locator(name).first().isVisible(), name).toBe(false);
      const cut = await page
        .locator('.table')
        .evaluateAll((all) => all.filter((box) => getComputedStyle(box).overflow !== 'visible').length);
      expect(cut).toBe(0);
      await page.close();
    },
  );

  it('shows every slide whole, without problems for anybody', { timeout: 120_000 }, async () => {
    const page = await opened('slides.html', 1120, 'light');
    const slides = await page.evaluate(() => (window as unknown as Talk).Reveal.getTotalSlides());
    expect(slides).toBeGreaterThan(10);
    for (let n = 0; n < slides; n++) {
      const height = await page.evaluate((number) => {
        const { Reveal } = window as unknown as Talk;
        Reveal.slide(number);
        return Reveal.getCurrentSlide().scrollHeight;
      }, n);
      expect(height, `slide ${n}`).toBeLessThanOrEqual(700);
      expect(await seriousFindings(page), `slide ${n}`).toEqual([]);
    }
    await page.close();
  });

  it('shows every slide whole on a phone, in words of at least 16 pixels', { timeout: 120_000 }, async () => {
    const page = await opened('slides.html', 400, 'light');
    const sections = page.locator('.slides section');
    await sections.last().waitFor({ state: 'attached' });
    for (const section of await sections.all()) {
      await section.scrollIntoViewIfNeeded();
      expect(
        await section.evaluate(
          (box) => box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth,
        ),
      ).toBe(true);
    }
    const item = page.locator('.slides li').first();
    // Slides are scaled as a whole.
    const pixels = await item.evaluate((li: HTMLElement) => {
      const scale = li.getBoundingClientRect().width / li.offsetWidth;
      return scale * parseFloat(getComputedStyle(li).fontSize);
    });
    expect(pixels).toBeGreaterThanOrEqual(16);
    await page.close();
  });

  it('shows the notes of a slide by S, and hides them again', { timeout: 120_000 }, async () => {
    const page = await opened('slides.html', 1120, 'light');
    const notes = page.locator('.speaker-notes');
    await page.keyboard.press('ArrowRight');
    expect(await notes.isVisible()).toBe(false);
    await page.keyboard.press('s');
    expect(await notes.textContent()).toContain('Let the audience vote');
    expect(await notes.isVisible()).toBe(true);
    await page.keyboard.press('s');
    expect(await notes.isVisible()).toBe(false);
    await page.close();
  });

  it('met no error and asked the network for nothing', () => expect(problems).toEqual([]));
});

/** What the tests use of reveal.js. */
interface Talk {
  Reveal: { getTotalSlides(): number; slide(n: number): void; getCurrentSlide(): HTMLElement };
}

/** Figures that are wider than what is seen of them, all drawn. */
async function scrolledSideways(page: Page): Promise<string[]> {
  const wide: string[] = [];
  for (const plot of await page.locator('.plot').all()) {
    await plot.scrollIntoViewIfNeeded();
    await plot.locator('.main-svg').first().waitFor();
    const [name, beyond] = await plot.evaluate(
      (box) => [box.dataset.figure ?? '', box.scrollWidth - box.clientWidth] as const,
    );
    if (beyond > 0) wide.push(`${name} by ${beyond} pixels`);
  }
  return wide;
}

/**
 * On a phone: claims as cards, which need no scrolling; and dataset and metric of Table 3 stay where they are
 * while its numbers are scrolled.
 */
async function expectReadableRows(page: Page): Promise<void> {
  const cards = page.locator('.cards .table');
  const beyond = await cards.evaluateAll((all) => all.map((box) => box.scrollWidth - box.clientWidth));
  expect(beyond.length).toBeGreaterThan(2);
  expect(Math.max(...beyond)).toBeLessThanOrEqual(0);
  const table3 = page.locator('.metrics .table', { hasText: 'Transition' }).first();
  const rowHeads = table3.locator('tbody tr').first().locator('td');
  const edges = (): Promise<number[]> =>
    rowHeads.evaluateAll((cells) => cells.slice(0, 2).map((cell) => cell.getBoundingClientRect().left));
  const before = await edges();
  await table3.evaluate((box) => (box.scrollLeft = 300));
  expect(await edges()).toEqual(before);
  const seen = await rowHeads.nth(6).boundingBox();
  expect(seen?.x).toBeLessThan(400);
}

/** What axe-core calls serious or critical, one line each. */
async function seriousFindings(page: Page): Promise<string[]> {
  const axe = await import('axe-core');
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof import('axe-core') }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}
