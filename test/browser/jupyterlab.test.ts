/** The notebooks in a real JupyterLab, in headless Chromium: what a reader sees and touches. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { folders } from '../../lib/src/project';
import { writeNotebook } from '../../lib/src/jupyter/notebook/writeNotebook';
import { normaliseNotebook } from '../../lib/src/jupyter/notebook/normalise';
import { notebookFolder } from '../notebookFolder';
import {
  chromiumPath,
  command,
  jupyter,
  missingForJupyter,
  openNotebook,
  picture,
  runAll,
  runnableNotebooks,
  startLab,
  whenIdle,
} from './jupyter';

const reason = missingForJupyter(true);
if (reason !== undefined) console.log(`JupyterLab: skipped, ${reason}`);

const HOSTILE =
  '<script>window.attacked = 1</script><img src=x onerror="window.attacked = 2"> $x^2$ and $y$ ' +
  '**bold** \\u001b[31mred \\u202eevil';

describe.skipIf(reason !== undefined)('JupyterLab', { timeout: 240_000 }, () => {
  const folder = notebookFolder();
  const { names, env } = runnableNotebooks(folder.path);
  let lab: Awaited<ReturnType<typeof startLab>>;
  let browser: Browser;
  /** One for all pages: JupyterLab's scripts are fetched and compiled once. */
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    for (const name of names)
      copyFileSync(join(folders.notebooks, `${name}.ipynb`), join(folder.path, `${name}.ipynb`));
    lab = await startLab(await jupyter(env), folder.path);
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
    folder.remove();
  });
  beforeEach(async () => {
    page = await context.newPage();
    page.setDefaultTimeout(120_000);
    return async () => {
      await picture(page, 'last');
      await page.close();
    };
  });

  function write(name: string, ...sources: string[]): void {
    const cells = sources.map((source, i) => ({
      cell_type: 'code' as const,
      id: `c${i}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    }));
    writeNotebook(join(folder.path, name), normaliseNotebook({ metadata: {}, cells }));
  }

  test.each(names)('runs %s without an error', async (name) => {
    await openNotebook(page, lab.url, `${name}.ipynb`);
    await runAll(page);
    await whenIdle(page);
    await picture(page, name);
    expect(await page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').allTextContents()).toEqual(
      [],
    );
    await expect
      .poll(() => page.locator('.jp-OutputArea-output table').count(), { timeout: 10_000 })
      .toBeGreaterThan(0);
  });

  test('draws a figure whose points show their values, in the light and the dark theme', async () => {
    write(
      'figure.ipynb',
      [
        'import { show, figures } from "elephant";',
        'const epochs = [1, 2, 3].map((epoch) => ({ epoch, loss: 1 / epoch, validation: epoch / 10 }));',
        'show.table({ columns: ["epoch", "loss"], rows: epochs.map(({ epoch, loss }) => [epoch, ' +
          'loss.toFixed(2)]), caption: "Epochs" });',
        'await show.figure(figures.trainingCurves([{ label: "a table", domain: "Pantry", epochs }]));',
      ].join('\n'),
    );
    await openNotebook(page, lab.url, 'figure.ipynb');
    await runAll(page);
    await whenIdle(page);
    const plot = page.locator('.js-plotly-plot .nsewdrag').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the figure has no area');
    // The second of three points: half way along, loss 0.5 of an axis from 0.28 to 1.05.
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.72, { steps: 10 });
    await page.locator('.hoverlayer .hovertext').first().waitFor();
    expect(await page.locator('.hoverlayer .hovertext').first().textContent()).toContain('epoch 2: loss 0.5');
    await picture(page, 'figure-light');
    await page.locator('.lm-MenuBar-itemLabel', { hasText: 'Settings' }).click();
    await page.locator('.lm-Menu-itemLabel', { hasText: 'Theme' }).first().hover();
    await page.locator('.lm-Menu-itemLabel', { hasText: /^JupyterLab Dark$/ }).click();
    await page.waitForSelector('body[data-jp-theme-light="false"]', { state: 'attached' });
    await picture(page, 'figure-dark');
    // As wide as a phone: the figure is scaled to its cell.
    await page.setViewportSize({ width: 400, height: 800 });
    const sides = await page.locator('.jp-RenderedPlotly').evaluate((cell) => {
      const figure = cell.querySelector('.main-svg') as Element;
      return { cell: cell.getBoundingClientRect().right, figure: figure.getBoundingClientRect().right };
    });
    expect(sides.figure).toBeLessThanOrEqual(sides.cell + 1);
  });

  test('shows words from outside as words', async () => {
    write(
      'hostile.ipynb',
      [
        'import { show, figures } from "elephant";',
        `const words = '${HOSTILE}';`,
        'show.text(words);',
        'show.table({ columns: [words], rows: [[words]], caption: words });',
        'await show.figure(figures.trainingCurves([{ label: words, domain: words, epochs: [{ epoch: 1, ' +
          'loss: 1, validation: 0.1 }] }]));',
      ].join('\n'),
    );
    await openNotebook(page, lab.url, 'hostile.ipynb');
    await runAll(page);
    await whenIdle(page);
    await page.locator('.js-plotly-plot .legendtext').first().waitFor();
    await page.waitForTimeout(1000);
    await picture(page, 'hostile');
    expect(await page.evaluate(() => (window as { attacked?: number }).attacked)).toBeUndefined();
    expect(
      await page
        .locator(
          '.jp-OutputArea mjx-container, .jp-OutputArea .MathJax, .jp-OutputArea strong, ' +
            '.jp-OutputArea img[src="x"]',
        )
        .count(),
    ).toBe(0);
    expect(await page.locator('.jp-OutputArea td').first().textContent()).toContain(
      '<script>window.attacked = 1</script>',
    );
    expect(await page.locator('.js-plotly-plot .legendtext').first().textContent()).toContain(
      '$x^2$ and $y$ **bold**',
    );
  });

  test('an interrupt stops a cell within 2 s, and the kernel keeps running', async () => {
    write(
      'interrupt.ipynb',
      'import { display } from "tslab";\ndisplay.text("begun");\nawait new Promise((resolve) => ' +
        'setTimeout(resolve, 60_000));',
      'console.log("after " + (6 * 7));',
    );
    await openNotebook(page, lab.url, 'interrupt.ipynb');
    await page.locator('.jp-CodeCell').first().click();
    await page.keyboard.press('Shift+Enter');
    await page.locator('.jp-OutputArea-output', { hasText: 'begun' }).waitFor();
    const asked = performance.now();
    await command(page, 'Kernel', 'Interrupt Kernel');
    await page.locator('.jp-OutputArea-output', { hasText: 'Interrupted' }).first().waitFor();
    expect(performance.now() - asked).toBeLessThan(2000);
    // After an error the kernel refuses what was queued behind it, for 0.2 s.
    await page.waitForTimeout(500);
    await page.locator('.jp-CodeCell').nth(1).click();
    await page.keyboard.press('Shift+Enter');
    await page.locator('.jp-OutputArea-output', { hasText: 'after 42' }).waitFor();
  });

  test('draws a training while it runs, in place, until it is interrupted', async () => {
    write(
      'training.ipynb',
      [
        'import { show } from "elephant";',
        'const pause = () => new Promise((resolve) => setTimeout(resolve, 300));',
        'await show.training("Pantry", async ({ onProgress, signal }) => {',
        '  for (let epoch = 1; ; epoch++) {',
        '    onProgress({ epoch, epochs: 99, step: 1, steps: 1, loss: 1 / epoch, metric: 1 - 1 / ' +
          'epoch, bestMetric: 1, bestEpoch: epoch, seconds: 1, timeLeft: 60 });',
        '    await pause();',
        '    signal.throwIfAborted();',
        '  }',
        '});',
      ].join('\n'),
    );
    await openNotebook(page, lab.url, 'training.ipynb');
    await page.locator('.jp-CodeCell').first().click();
    await page.keyboard.press('Shift+Enter');
    const chart = page.locator('.jp-OutputArea-output svg[role="img"]');
    await chart.locator('text', { hasText: /^epoch [3-9] of at most 99, 60 s left/ }).waitFor();
    expect(await chart.count()).toBe(1);
    await picture(page, 'training');
    await command(page, 'Kernel', 'Interrupt Kernel');
    await chart.locator('text', { hasText: /^interrupted$/ }).waitFor({ timeout: 10_000 });
    expect(await chart.locator('circle').count()).toBeGreaterThan(4);
  });

  test('completes a name of the library', async () => {
    write('complete.ipynb', 'import { show } from "elephant";\nshow.prov');
    await openNotebook(page, lab.url, 'complete.ipynb');
    await page.locator('.jp-CodeCell .cm-content').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Tab');
    await page.waitForFunction(
      () =>
        document.querySelector('.jp-CodeCell .cm-content')?.textContent?.includes('show.provenance') ||
        document.querySelector('.jp-Completer')?.textContent?.includes('provenance'),
    );
  });
});
