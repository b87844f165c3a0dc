/**
 * `paper-repro.md`: the whole report as Markdown for a code host. A pure function of results: no time stamps, no machine
 * paths, so equal results give equal bytes. writeReport.ts puts it into its file.
 */
import type { ComparisonTable } from '../experiments/measured';
import type { Provenance } from '../experiments/session';
import { comparisonHtml, comparisonLegend } from './display/comparisonTable';
import { escapeMarkdown } from './display/escape';
import { tableMarkdown, type Table } from './display/table';

export interface ReportContent {
  /** The verdicts on the paper's claims, with their count in a sentence. */
  readonly scoreboard?: { readonly summary: string; readonly table: Table };
  /** How far the language stages learnt. */
  readonly learning?: Table;
  readonly provenance: Provenance;
  readonly tables: readonly ComparisonTable[];
  /** Figures in the order of their appearance; `file` relative to the report. */
  readonly figures: readonly { readonly file: string; readonly alt: string; readonly caption: string }[];
  /** What the report does not have yet, one line each. */
  readonly missing: readonly string[];
}

export function paperRepro({ scoreboard, learning, provenance, tables, figures, missing }: ReportContent): string {
  const sections = [
    '# The Elephant in the Room, reproduced',
    'Qu, Xie, Xiao, Sun, Kang: The Elephant in the Room: Rethinking the Usage of Pre-trained Language Model in Sequential Recommendation, RecSys 2024 ([doi:10.1145/3640457.3688107](https://doi.org/10.1145/3640457.3688107)). '
      + 'This page is written by `npm run report`; it depends on the stored results alone.',
    ...(figures.length === 0 ? [] : [figureSection(figures[0])]),
    ...(scoreboard === undefined ? [] : ['## Scoreboard', escapeMarkdown(scoreboard.summary), tableMarkdown(scoreboard.table)]),
    ...(learning === undefined ? [] : ['## Did the language models learn?', tableMarkdown(learning)]),
    ...tables.map(tableSection),
    ...(figures.length < 2 ? [] : ['## Figures', ...figures.slice(1).map(figureSection)]),
    ...(missing.length === 0 ? [] : ['## What is not here yet', missing.map((line) => `- ${escapeMarkdown(line)}`).join('\n')]),
    '## Provenance',
    provenanceSection(provenance),
  ];
  return `${sections.join('\n\n')}\n`;
}

function tableSection(table: ComparisonTable): string {
  return [`## ${escapeMarkdown(table.title)}`, escapeMarkdown(comparisonLegend(table)), withoutStyles(comparisonHtml(table)), table.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')].join('\n\n');
}

/** Code hosts take no styles; the alignment is in attributes too. Quotes of cells are escaped, so only ours match. */
function withoutStyles(html: string): string {
  return html.replace(/ style="[^"]*"/g, '');
}

function figureSection({ file, alt, caption }: ReportContent['figures'][number]): string {
  return `![${escapeMarkdown(alt)}](${file})\n\n${escapeMarkdown(caption)}`;
}

function provenanceSection({ profile, provider, data, seeds, fingerprints, versions }: Provenance): string {
  const facts = { profile, provider, data, 'recommender seeds': seeds.join(', '), ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [`version of ${name}`, version])) };
  return [
    tableMarkdown({ columns: ['what', 'value'], rows: Object.entries(facts) }),
    tableMarkdown({ columns: ['dataset', 'fingerprint'], rows: Object.entries(fingerprints) }),
  ].join('\n\n');
}
