/**
 * How much of an item table's gain over the random one comes from what its vectors say, and how much from
 * their scale. Three trainings show it: from random vectors, from the table at the scale of the random one,
 * and from the table as it is. The first step is what the vectors say, the second is scale. Not a claim of
 * the paper.
 */
import { InputError } from '../../errors';
import type { ComparisonTable, TableRow } from '../../experiments/measured';
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { intervalLine, usersLine } from './hover';
import { axis, INK, layout, seriesStyle, titled } from './theme';

const BASE = 'SAS';
const SOURCES = ['LF', 'PT', 'FT', 'lexical'] as const;

interface Split {
  /** Points of the metric: from random vectors to the table at the scale of the random one. */
  readonly text: number;
  /** From there to the table at its own scale. */
  readonly scale: number;
  /** Test users behind both; absent in results that were written before it was kept. */
  readonly users?: number;
  /** Half the width of the 95 % interval over users, in points: of `text`, and of both together. */
  readonly within?: { readonly text: number; readonly both: number };
}

/** The gain of one item table over the random one, mean over domains and in each. */
export interface GainSplit extends Split {
  readonly source: string;
  readonly byDomain: Readonly<Record<string, Split>>;
}

/**
 * Means over the domains of `equalScales`. `table3` is SASRec's, `equalScales` the view of that name.
 * @throws InputError if one of them lacks a column or domain.
 */
export function gainSplits(
  table3: ComparisonTable,
  equalScales: ComparisonTable,
  metric = 'N@10',
): GainSplit[] {
  const domains = equalScales.rows.filter((row) => row.metric === metric).map(({ dataset }) => dataset);
  const rowOn = (domain: string, table: ComparisonTable): TableRow | undefined =>
    table.rows.find((each) => each.dataset === domain && each.metric === metric);
  const valueOn = (domain: string, table: ComparisonTable, column: string): number => {
    const value = rowOn(domain, table)?.cells[column]?.ours?.mean;
    if (value === undefined)
      throw new InputError(
        `gainSplits, ${table.id}`,
        `expected a number for ${metric} of ${column} on ${domains.join(', ')}`,
      );
    return value;
  };
  return SOURCES.map((source) => {
    const splits = domains.map((domain): Split => {
      const column = `trainable.${source}`;
      const start = valueOn(domain, equalScales, BASE);
      const equal = valueOn(domain, equalScales, column);
      const [text, both] = [equalScales, table3].map((table) => {
        const gain = rowOn(domain, table)?.cells[column]?.gain;
        return gain && (start * (gain.high - gain.low)) / 200;
      });
      const users = rowOn(domain, equalScales)?.users;
      return {
        text: equal - start,
        scale: valueOn(domain, table3, column) - equal,
        ...(users !== undefined && { users }),
        ...(text !== undefined && both !== undefined && { within: { text, both } }),
      };
    });
    const byDomain = Object.fromEntries(domains.map((domain, i) => [domain, splits[i]]));
    return { source, ...meanSplit(splits), byDomain };
  });
}

/** Users of different domains are others, so the variances of the domains' means add up. */
function meanSplit(splits: readonly Split[]): Split {
  const n = splits.length;
  const sum = (of: (split: Split) => number): number => splits.reduce((total, each) => total + of(each), 0);
  const within = splits.flatMap((split) => split.within ?? []);
  const reach = (part: 'text' | 'both'): number => Math.hypot(...within.map((own) => own[part])) / n;
  return {
    text: sum(({ text }) => text) / n,
    scale: sum(({ scale }) => scale) / n,
    ...(splits.every(({ users }) => users !== undefined) && { users: sum(({ users = 0 }) => users) }),
    ...(within.length === n && { within: { text: reach('text'), both: reach('both') } }),
  };
}

const PARTS = [
  { part: 'text', name: 'what the vectors say' },
  { part: 'scale', name: 'their scale' },
] as const;

/** For the numbers at the ends of the bars, as a share of the axis. */
const ROOM = 0.17;

/** "Scale outweighs what the vectors say in: LF, PT". */
function finding(splits: readonly SourceSplit[]): string {
  const mostly = splits.filter(({ text, scale }) => Math.abs(scale) > Math.abs(text));
  const names = mostly.map(({ source }) => source).join(', ');
  return mostly.length === 0
    ? 'What the vectors say outweighs their scale in every table'
    : `Scale outweighs what the vectors say in: ${names}`;
}

type SourceSplit = Split & Pick<GainSplit, 'source'>;

/** Two bars for each table, and their sum. `domains`: what the gains are means of; a menu chooses one. */
export function gainSplit(splits: readonly GainSplit[], domains: readonly string[]): Figure {
  return withChoice([
    { label: 'mean', figure: splitsOver(splits, `Mean of ${domains.join(', ')}`) },
    ...(domains.length < 2 ? [] : domains).map((domain) => {
      const own = splits.map(({ source, byDomain }) => ({ source, ...byDomain[domain] }));
      return { label: plainText(domain), figure: splitsOver(own, domain) };
    }),
  ]);
}

function splitsOver(splits: readonly SourceSplit[], over: string): Figure {
  const sources = splits.map(({ source }) => plainText(source));
  const ends = splits.flatMap(({ text, scale }) => [0, text, scale, text + scale]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = ROOM * (most - least);
  const trace = ({ part, name }: (typeof PARTS)[number], n: number): JSONObject => ({
    type: 'bar',
    orientation: 'h',
    name,
    y: sources,
    x: splits.map((split) => split[part]),
    text: splits.map((split) => points(split[part])),
    textposition: 'outside',
    cliponaxis: false,
    marker: {
      color: seriesStyle(n).color,
      line: { color: seriesStyle(n).color, width: 1 },
      pattern: { shape: n === 0 ? '' : '/' },
    },
    customdata: splits.map(({ users, within, ...values }) =>
      hoverText(values[part], users, part === 'text' ? within?.text : undefined),
    ),
    hovertemplate: `%{y}, ${name}: %{customdata}<extra></extra>`,
  });
  return {
    id: 'gain-split',
    alt:
      'The gain of SASRec from each item table over the random one in points of NDCG@10, split in two: ' +
      `${splits.map(inWords).join('; ')}. ` +
      `${over}.`,
    data: [
      ...PARTS.map(trace),
      {
        type: 'scatter',
        mode: 'markers',
        name: 'both together',
        y: sources,
        x: splits.map(({ text, scale }) => text + scale),
        marker: { color: INK, symbol: 'diamond', size: 10 },
        customdata: splits.map(({ text, scale, users, within }) =>
          hoverText(text + scale, users, within?.both),
        ),
        hovertemplate: '%{y}, both: %{customdata}<extra></extra>',
      },
    ],
    layout: layout({
      ...titled(plainText(finding(splits))),
      barmode: 'group',
      height: 380,
      xaxis: axis('NDCG@10 over random vectors, in points', {
        range: [least - room, most + room],
        zeroline: true,
        zerolinecolor: INK,
      }),
      yaxis: axis('', { type: 'category', autorange: 'reversed' }),
    }),
  };
}

/** "+1.2", "−0.3"; "0.0" without a sign. */
function points(value: number): string {
  const rounded = Math.abs(value).toFixed(1);
  return rounded === '0.0' ? rounded : `${value < 0 ? '−' : '+'}${rounded}`;
}

function inWords({ source, text, scale }: SourceSplit): string {
  return `${source} ${points(text)} by what its vectors say, ${points(scale)} by their scale`;
}

/** `within`: half the width of the interval over users. */
function hoverText(value: number, users?: number, within?: number): string {
  return [
    `${points(value)} points`,
    ...(users === undefined || within === undefined
      ? usersLine(users)
      : [intervalLine({ low: value - within, high: value + within, users }, 'points', points)]),
  ].join('<br>');
}
