/**
 * `paper-repro.md`: the whole report as Markdown for a code host. A pure function of results: no time stamps,
 * no machine paths, so equal results give equal bytes. writeReport.ts puts it into its file.
 */
import type { ComparisonTable } from '../experiments/measured';
import type { Provenance } from '../experiments/views/provenance';
import { comparisonHtml, comparisonLegend, wideHint } from './display/comparisonTable';
import { decisionsMarkdown } from './display/decisionLinks';
import { escapeMarkdown } from './display/escape';
import { glanceHtml, type Glance } from './display/glance';
import { profileFacts } from './display/profileFacts';
import { tableMarkdown, type Table } from './display/table';
import type { Block } from './block';

export interface ReportContent {
  readonly blocks: readonly Block[];
  /** What the report lacks, one line each. */
  readonly missing: readonly string[];
  readonly provenance: Provenance;
}

export function paperRepro({ blocks, missing, provenance }: ReportContent): string {
  const sections = [
    '# The Elephant in the Room, reproduced',
    'Qu, Xie, Xiao, Sun, Kang: The Elephant in the Room: Rethinking the Usage of Pre-trained Language ' +
      'Model in Sequential Recommendation, RecSys 2024 ' +
      '([doi:10.1145/3640457.3688107](https://doi.org/10.1145/3640457.3688107)). ' +
      'This page is written by `npm run report`; it depends only on the stored results. ' +
      "A number such as D36 names a decision: the paper leaves a detail open, or its authors' code differs " +
      'from it, and links to [Decisions](docs/decisions.md).',
    `The results are those of the profile **${escapeMarkdown(provenance.profile)}** ` +
      `(${escapeMarkdown(provenance.data)}), unless another profile is named.`,
    ...blocks.map(blockMarkdown),
    ...(missing.length === 0
      ? []
      : ['## What is missing', missing.map((line) => `- ${escapeMarkdown(line)}`).join('\n')]),
    '## Provenance',
    ...provenanceTables(provenance).map(tableMarkdown),
  ];
  return `${sections.join('\n\n')}\n`;
}

export function blockMarkdown(block: Block): string {
  if ('heading' in block) return `## ${escapeMarkdown(block.heading)}`;
  if ('text' in block) return escapeMarkdown(block.text);
  if ('list' in block) return listMarkdown(block);
  if ('table' in block) return tableOf(block);
  if ('comparison' in block) return comparisonSection(block.comparison, block);
  if ('glance' in block) return glanceSection(block.glance);
  const { alt, id } = 'picture' in block ? block.picture : block.figure;
  return `![${escapeMarkdown(alt)}](figures/${id}.svg)\n\n${escapeMarkdown(block.caption)}`;
}

function tableOf({ table, citing = false }: Extract<Block, { table: unknown }>): string {
  return citing ? decisionsMarkdown(tableMarkdown(table)) : tableMarkdown(table);
}

function listMarkdown({ intro, list }: Extract<Block, { list: unknown }>): string {
  const items = list.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
  return [escapeMarkdown(intro), ...(items === '' ? [] : [items])].join('\n\n');
}

function glanceSection(glance: Glance): string {
  const { title, legend } = glance;
  return [`## ${escapeMarkdown(title)}`, escapeMarkdown(legend), withoutStyles(glanceHtml(glance))].join(
    '\n\n',
  );
}

function comparisonSection(
  table: ComparisonTable,
  { under = false, folded = false }: { readonly under?: boolean; readonly folded?: boolean },
): string {
  const whole = [
    withoutStyles(comparisonHtml(table)),
    table.notes.map((note) => `- ${decisionsMarkdown(escapeMarkdown(note))}`).join('\n'),
  ];
  return [
    `${under ? '###' : '##'} ${escapeMarkdown(table.title)}`,
    escapeMarkdown([comparisonLegend(table), wideHint(table, 'page') ?? ''].join(' ').trim()),
    ...(folded ? ['<details><summary>The whole table</summary>', ...whole, '</details>'] : whole),
  ].join('\n\n');
}

/**
 * Code hosts accept no styles; the alignment is in attributes too. Quotes in cells are escaped, so only ours
 * match.
 */
function withoutStyles(html: string): string {
  return html.replace(/ style="[^"]*"/g, '');
}

/** What the results depend on. */
export function provenanceTables(provenance: Provenance): Table[] {
  const { provider, data, seeds, fingerprints, versions } = provenance;
  const facts = {
    ...profileFacts(provenance),
    provider,
    data,
    'recommender seeds': seeds.join(', '),
    ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [`version of ${name}`, version])),
  };
  return [
    { columns: ['what', 'value'], rows: Object.entries(facts) },
    { columns: ['dataset', 'fingerprint'], rows: Object.entries(fingerprints) },
  ];
}
