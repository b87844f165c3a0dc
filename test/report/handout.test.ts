/** The report and the slides as one HTML file each: what stands in them, and that nothing is loaded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { beforeAll, expect, it, vi } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { jsonElement, onePage } from '../../lib/src/report/handout/onePage';
import { writeHandout } from '../../lib/src/report/handout/writeHandout';
import { reportContent } from '../../lib/src/report/renderReport';
import { freshFolder } from '../support/folders';

/** Drawing takes seconds and has its own tests. */
vi.mock('../../lib/src/report/figures/renderSvg', () => ({ renderSvg: async () => '<svg/>' }));

const folder = freshFolder();
const session = openResults(join(folders.results, 'mini.json'));
let report: Document;
let slides: Document;

beforeAll(async () => {
  const [html, talk] = [join(folder, 'report.html'), join(folder, 'slides.html')];
  await writeHandout(session, { html, slides: talk });
  [report, slides] = [html, talk].map((file) => new JSDOM(readFileSync(file, 'utf8')).window.document);
});

it('has every part of the report, and an entry of the contents for each heading', async () => {
  const { blocks } = await reportContent(session);
  expect(report.querySelectorAll('figure')).toHaveLength(
    blocks.filter((block) => 'figure' in block || 'picture' in block).length,
  );
  const headings = Array.from(report.querySelectorAll('h2'), ({ id, textContent }) => [
    `#${id}`,
    textContent,
  ]);
  const entries = Array.from(report.querySelectorAll('nav a'), (a) => [
    a.getAttribute('href'),
    a.textContent,
  ]);
  expect(headings.length).toBeGreaterThan(15);
  expect(entries).toEqual(headings);
});

it('draws a figure from the data in the page, and shows a picture with words until then', () => {
  for (const plot of report.querySelectorAll<HTMLElement>('.plot')) {
    const { data, layout } = JSON.parse(report.getElementById(`data-${plot.dataset.figure}`)!.textContent!);
    expect(data.length).toBeGreaterThan(0);
    expect(layout).toHaveProperty('margin');
    expect(plot.querySelector('img')!.alt).not.toBe('');
  }
});

it('has a slide for each finding that was measured, with both numbers, the verdict and notes', async () => {
  const titles = Array.from(slides.querySelectorAll('section h2'), (title) => title.textContent);
  const [row] = (await session.scoreboard()).filter(({ claim }) => claim.id === 'trainable-FT-above-base');
  expect(titles).toContain(row.claim.statement);
  const slide = slides.querySelectorAll('section')[titles.indexOf(row.claim.statement) + 1];
  expect(slide.textContent).toMatch(/In the paper: .*\+17\.6 %/);
  expect(slide.querySelector('.verdict')!.textContent).toBe(row.verdict);
  expect(slide.querySelector('.notes')!.textContent).toMatch(/^Section 4\.3/);
});

it('leaves out slides of what a profile does not have', async () => {
  const file = join(folder, 'real.html');
  await writeHandout(openResults(join(folders.results, 'real.json')), { slides: file });
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('What the model looks at');
  expect(text).toContain('All claims');
});

it('loads nothing, by its policy and its elements', () => {
  for (const page of [report, slides]) {
    expect(page.querySelector('meta[http-equiv]')!.getAttribute('content')).toMatch(/^default-src 'none';/);
    expect(Array.from(page.querySelectorAll('script[src], link, iframe'))).toEqual([]);
    const sources = Array.from(page.querySelectorAll('img'), ({ src }) => src.slice(0, 18));
    expect(new Set(sources)).toEqual(new Set(['data:image/svg+xml']));
  }
});

it('lets no text end a script', () => {
  const words = '</script><script>alert(1)</script><!--';
  const page = onePage({
    title: words,
    styles: [],
    body: jsonElement('words', { words }),
    scripts: [`window.words = ${JSON.stringify(words)};`],
  });
  const { window } = new JSDOM(page, { runScripts: 'dangerously' });
  expect(window.document.querySelectorAll('script')).toHaveLength(2);
  expect(window.words).toBe(words);
  expect(JSON.parse(window.document.getElementById('words')!.textContent!)).toEqual({ words });
});
