/**
 * `show`: functions that show something in the running cell of a notebook. Outside a notebook they print the
 * text form.
 */
import { unknownName } from '../../errors';
import { allNodes } from '../../experiments/allNodes';
import type { ComparisonTable } from '../../experiments/measured';
import type { Profile } from '../../experiments/profiles';
import { stageGraph } from '../../experiments/stageGraph';
import type { Session } from '../../experiments/session';
import type { Provenance } from '../../experiments/views/provenance';
import type { UserExample } from '../../experiments/views/user';
import type { Figure } from '../figures/figure';
import { open } from '../open';
import { renderSvg } from '../figures/renderSvg';
import { withoutStyleSheet, type Picture } from '../pictures';
import { comparisonHtml, comparisonLegend, comparisonText, wideHint } from './comparisonTable';
import { cutComparison, cutTable, type Cut } from './cut';
import { decisionsHtml } from './decisionLinks';
import { display } from './display';
import { escapeHtml, visible } from './escape';
import { progress } from './progress';
import { glanceAt, glanceHtml, glanceText, SHADES } from './glance';
import { profileFacts } from './profileFacts';
import { svgPng } from './svgPng';
import { tableHtml, tableText, type Table } from './table';
import { training } from './training';
import { userHtml, userText } from './userExample';

const FILE_FORMATS: readonly string[] = ['png', 'svg'];

type Asked = Parameters<Session['user']>;

/**
 * Shows something in the running cell of a notebook. Outside a notebook it prints the text form.
 * @example
 * ```ts
 * import { figures, open, show } from 'elephant';
 * const session = open({ results: 'data/results/mini.json' });
 * show.provenance(await session.provenance());
 * await show.figure(figures.figure2(await session.figure2()));
 * ```
 */
export const show = {
  /**
   * Shows one of the paper's tables beside what was measured, or any table of text and numbers. A cut shows
   * only those columns and metrics, with the whole table folded below.
   * @throws InputError for a column or metric that the table does not have.
   */
  table(table: ComparisonTable | Table, cut?: Cut): void {
    const html = 'id' in table ? comparisonInParts(table, cut) : tableInParts(table, cut);
    const part = cut === undefined ? table : 'id' in table ? cutComparison(table, cut) : cutTable(table, cut);
    display({
      'text/html': html,
      'text/plain': 'id' in part ? comparisonText(part) : tableText(part),
    });
  },

  /**
   * Shows one metric of a table of the paper: variants as rows, datasets as columns, shaded by the gain
   * over the random start. The whole table is folded below.
   * @throws InputError for a table that has no random start to compare with, or lacks the metric.
   */
  glance(table: ComparisonTable, metric?: string): void {
    const glance = glanceAt(table, metric);
    display({
      'text/html': [
        `<p><b>${escapeHtml(glance.title)}</b></p>`,
        scrolling(glanceHtml(glance)),
        small(`${glance.legend} ${SHADES}`),
        folded("The whole table, with every metric and the paper's numbers", wholeTable(table)),
      ].join('\n'),
      'text/plain': glanceText(glance),
    });
  },

  /** Shows the rows of a danfojs data frame, or of anything else with columns and values. */
  frame(
    { columns, values }: { readonly columns: readonly string[]; readonly values: readonly unknown[] },
    caption?: string,
  ): void {
    const rows = values.map((row) =>
      (Array.isArray(row) ? row : [row]).map((cell) =>
        typeof cell === 'number' ? cell : String(cell ?? ''),
      ),
    );
    show.table({ columns, rows, caption });
  },

  /**
   * Shows a figure: interactive if the client draws Plotly (JupyterLab as `elephant lab` starts it, VS Code),
   * otherwise as a static picture. The camera above an interactive one downloads it, as PNG or, with
   * `show.figure(figure, { download: 'svg' })`, as SVG. To be awaited.
   */
  async figure(figure: Figure, { download = 'png' }: { download?: 'png' | 'svg' } = {}): Promise<void> {
    if (!FILE_FORMATS.includes(download))
      throw unknownName('show.figure', 'download', String(download), FILE_FORMATS);
    const svg = await renderSvg(figure);
    const file = { format: download, filename: figure.id, scale: download === 'png' ? 2 : 1 };
    const plotly = {
      data: figure.data,
      layout: figure.layout,
      config: { displaylogo: false, responsive: false, toImageButtonOptions: file },
    };
    display({ 'application/vnd.plotly.v1+json': plotly, 'image/svg+xml': svg, 'text/plain': figure.alt });
  },

  /** Shows a picture that explains something. Await it. */
  async picture({ svg, alt }: Picture): Promise<void> {
    const png = await svgPng(withoutStyleSheet(svg));
    display({ 'image/svg+xml': svg, ...png, 'text/plain': alt });
  },

  /** Shows names and values: a configuration, versions, seeds. */
  facts(facts: Readonly<Record<string, string | number>>, caption?: string): void {
    show.table({ columns: ['', ''], rows: Object.entries(facts), caption });
  },

  /**
   * Shows what the results depend on, in one line that opens with a click. For the first cell of a notebook.
   */
  provenance(provenance: Provenance): void {
    const { profile, provider, data, seeds, fingerprints, versions } = provenance;
    const named = (facts: Readonly<Record<string, string>>): string =>
      Object.entries(facts)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');
    const facts = {
      ...profileFacts(provenance),
      data,
      'data fingerprints': named(fingerprints),
      'recommender seeds': seeds.join(', '),
      provider,
      versions: named(versions),
    };
    const table = { columns: ['', ''], rows: Object.entries(facts) };
    const line = `Computed from the profile ${profile} (${data})`;
    display({
      'text/html': folded(line, tableHtml(table)),
      'text/plain': `${visible(line)}\n${tableText(table)}`,
    });
  },

  /** Shows the graph of all stages of a session's profile, if the client draws Mermaid (JupyterLab 4.1). */
  stages({ profile }: { readonly profile: Profile }): void {
    const graph = stageGraph(allNodes(profile));
    display({ 'text/vnd.mermaid': graph, 'text/plain': graph });
  },

  /**
   * Shows one user as three models see them: `show.user('Pantry', 17)` asks the session that `open()` gives,
   * with the arguments of `session.user`; `show.user(await session.user('Pantry', 17))` shows what another
   * one answered. Models that are not in the store are named, with the command that makes them. To be
   * awaited.
   */
  async user(...given: [UserExample] | Asked): Promise<void> {
    const example = typeof given[0] === 'string' ? await open().user(...(given as Asked)) : given[0];
    display({ 'text/html': userHtml(example), 'text/plain': userText(example) });
  },

  /** Shows a sentence or paragraph as plain text; mark-up in it has no effect. */
  text(text: string): void {
    display({ 'text/html': `<p>${escapeHtml(text)}</p>`, 'text/plain': visible(text) });
  },

  /** Shows a sentence and a list below it, as text. */
  list(intro: string, items: readonly string[]): void {
    const bullets = items.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
    display({
      'text/html': `<p>${escapeHtml(intro)}</p>${bullets === '' ? '' : `<ul>${bullets}</ul>`}`,
      'text/plain': [intro, ...items.map((item) => `- ${item}`)].map(visible).join('\n'),
    });
  },

  /** Shows the progress of a computation in place, and returns its result. Await it. */
  progress,

  /**
   * Draws loss and validation NDCG@10 per epoch while a recommender trains, and returns its result. Await it.
   */
  training,
};

function comparisonInParts(table: ComparisonTable, cut: Cut | undefined): string {
  const title = `<p><b>${escapeHtml(table.title)}</b></p>`;
  if (cut === undefined) return `${title}\n${wholeTable(table)}`;
  const part = cutComparison(table, cut);
  return [
    title,
    scrolling(comparisonHtml(part)),
    small(comparisonLegend(part)),
    folded('The whole table, and what to know before comparing', wholeTable(table)),
  ].join('\n');
}

function tableInParts(table: Table, cut: Cut | undefined): string {
  if (cut === undefined) return tableHtml(table);
  const whole = folded('The whole table', scrolling(tableHtml(table)));
  return `${scrolling(tableHtml(cutTable(table, cut)))}\n${whole}`;
}

function wholeTable(table: ComparisonTable): string {
  const hint = wideHint(table, 'notebook');
  return [
    ...(hint === undefined ? [] : [small(hint)]),
    scrolling(comparisonHtml(table)),
    ...[comparisonLegend(table), ...table.notes].map(small),
  ].join('\n');
}

function scrolling(html: string): string {
  return `<div style="overflow-x: auto">${html}</div>`;
}

/** Opens with a click. */
function folded(summary: string, html: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n${html}</details>`;
}

/** Numbers of decisions are links from notebooks/. */
function small(note: string): string {
  return `<p><small>${decisionsHtml(escapeHtml(note), '../')}</small></p>`;
}
