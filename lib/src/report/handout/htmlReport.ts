/**
 * The report as one HTML file that needs nothing else: text, tables with a search field, and figures that are
 * pictures until the page's script makes them interactive. It loads nothing from the network, whether opened
 * from a disk or a server.
 */
import { comparisonHtml, comparisonLegend } from '../display/comparisonTable';
import { escapeHtml } from '../display/escape';
import { glanceHtml, SHADES } from '../display/glance';
import type { Provenance } from '../../experiments/views/provenance';
import { tableHtml, type Table } from '../display/table';
import type { Figure } from '../figures/figure';
import { renderSvg } from '../figures/renderSvg';
import { provenanceTables, type ReportContent } from '../paperRepro';
import type { Block } from '../block';
import type { Picture } from '../pictures';
import { asset, jsonElement, onePage, plotlyScript, svgImage } from './onePage';

/** A table with more rows than this gets a search field. */
const SEARCHED_ROWS = 8;
/** A table with more columns than this, and sentences in its cells, has a card per row on a phone. */
const COLUMNS_OF_A_PHONE = 3;
/** Letters that make a cell a sentence. */
const SENTENCE = 24;

const TITLE = 'The Elephant in the Room, reproduced';

/** @throws DOMException named AbortError, by `signal`. */
export async function htmlReport(
  { blocks, missing, provenance }: ReportContent,
  signal?: AbortSignal,
): Promise<string> {
  const all: Block[] = [
    ...blocks,
    ...(missing.length === 0 ? [] : [{ heading: 'What is missing' }, { intro: '', list: missing }]),
    { heading: 'Provenance' },
    ...provenanceTables(provenance).map((table): Block => ({ table })),
  ];
  const contents: string[] = [];
  const body: string[] = [];
  for (const block of all) {
    signal?.throwIfAborted();
    body.push(await blockHtml(block, contents));
  }
  return onePage({
    title: TITLE,
    styles: [asset('report.css')],
    body: pageBody(contents, body, provenance),
    scripts: [plotlyScript(), asset('report.js')],
  });
}

function pageBody(
  contents: readonly string[],
  body: readonly string[],
  { profile, data }: Provenance,
): string {
  const entries = contents.map((text, i) => `<li><a href="#part-${i + 1}">${escapeHtml(text)}</a></li>`);
  return `<a class="skip" href="#report">Skip to the report</a>
<div class="page">
<nav aria-label="Contents">
<button id="theme" type="button">Dark theme</button>
<ol>${entries.join('')}</ol>
</nav>
<main id="report">
<h1>${escapeHtml(TITLE)}</h1>
<p>Qu, Xie, Xiao, Sun, Kang: The Elephant in the Room: Rethinking the Usage of Pre-trained Language Model in
Sequential Recommendation, RecSys 2024
(<a href="https://doi.org/10.1145/3640457.3688107">doi:10.1145/3640457.3688107</a>).</p>
<p>The results are those of the profile <b>${escapeHtml(profile)}</b> (${escapeHtml(data)}), unless another
profile is named. A number such as D36 names a decision, which the project's docs/decisions.md explains.</p>
${body.join('\n')}
</main>
</div>`;
}

/** Adds a heading to `contents`; its anchor is its place there. */
async function blockHtml(block: Block, contents: string[]): Promise<string> {
  const heading = (text: string): string => `<h2 id="part-${contents.push(text)}">${escapeHtml(text)}</h2>`;
  if ('heading' in block) return heading(block.heading);
  if ('text' in block) return paragraph(block.text);
  if ('list' in block) {
    const items = block.list.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
    return `${block.intro === '' ? '' : paragraph(block.intro)}${items === '' ? '' : `<ul>${items}</ul>`}`;
  }
  if ('table' in block) {
    const { caption = contents.at(-1), rows } = block.table;
    return tableBox(
      tableHtml(block.table),
      rows.length,
      isForCards(block.table) ? 'cards' : 'plain',
      caption,
    );
  }
  if ('figure' in block) return figureHtml(block.figure, block.caption);
  if ('picture' in block) return pictureHtml(block.picture, block.caption);
  if ('glance' in block) {
    const { title, legend, rows } = block.glance;
    return [
      heading(title),
      paragraph(`${legend} ${SHADES}`, 'legend'),
      tableBox(glanceHtml(block.glance), rows.length, 'glance', title),
    ].join('\n');
  }
  const { comparison } = block;
  const kind = comparison.rows.some(({ metric }) => metric !== '') ? 'metrics' : 'plain';
  return [
    heading(comparison.title),
    paragraph(comparisonLegend(comparison), 'legend'),
    tableBox(comparisonHtml(comparison), comparison.rows.length, kind, comparison.title),
    ...comparison.notes.map((note) => paragraph(note, 'note')),
  ].join('\n');
}

function isForCards({ columns, rows }: Table): boolean {
  return (
    columns.length > COLUMNS_OF_A_PHONE &&
    rows.some((row) => row.some((cell) => String(cell).length > SENTENCE))
  );
}

/** How a table is laid out where it does not fit: report.css. */
type Kind = 'plain' | 'cards' | 'glance' | 'metrics';

function tableBox(table: string, rows: number, kind: Kind, name = 'table'): string {
  const region = `class="table" tabindex="0" role="region" aria-label="${escapeHtml(name)}"`;
  const search = rows > SEARCHED_ROWS ? '<label>Search this table <input type="search"></label>' : '';
  return `<div class="searchable ${kind}">${search}<div ${region}>${table}</div></div>`;
}

async function figureHtml(figure: Figure, caption: string): Promise<string> {
  const { id, alt, data, layout } = figure;
  const image = svgImage(await renderSvg(figure), alt);
  return `<figure>
<div class="plot" data-figure="${escapeHtml(id)}">${image}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
${jsonElement(`data-${id}`, { data, layout })}
</figure>`;
}

/** Not interactive: there is nothing to point at. */
function pictureHtml({ svg, alt }: Picture, caption: string): string {
  return `<figure>\n${svgImage(svg, alt)}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

function paragraph(text: string, kind?: string): string {
  return `<p${kind === undefined ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`;
}
