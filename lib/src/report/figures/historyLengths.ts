/** NDCG@10 by the length of the users' histories, one line per column of Table 3. */
import type { LengthGroup } from '../../experiments/views/historyLengths';
import { overSeeds } from '../display/overSeeds';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { intervalLine } from './hover';
import { axis, layout, seriesStyle, titled } from './theme';

/**
 * NDCG@10 by how many items the users have had before, a line per column of Table 3. `groups` in ascending
 * order of length within a column and domain. A menu chooses among several domains, which have equal columns.
 */
export function historyLengths(groups: readonly LengthGroup[]): Figure {
  const domains = [...new Set(groups.map(({ domain }) => domain))];
  return withChoice(
    domains.map((domain) => ({
      label: plainText(domain),
      figure: lengthsOn(groups.filter((group) => group.domain === domain)),
    })),
  );
}

function lengthsOn(groups: readonly LengthGroup[]): Figure {
  const columns = [...new Set(groups.map(({ column }) => column))];
  const { domain } = groups[0];
  const of = (column: string): LengthGroup[] => groups.filter((group) => group.column === column);
  const ends = columns.map((column) => {
    const own = of(column);
    return (
      `${column} from ${own[0].ndcg.mean.toFixed(1)} % (${own[0].group}) to ` +
      `${own[own.length - 1].ndcg.mean.toFixed(1)} % (${own[own.length - 1].group})`
    );
  });
  return {
    id: `history-lengths-${domain.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt:
      `Test NDCG@10 on ${domain} by the length of the user's ` +
      `history${overSeeds(groups.map(({ ndcg }) => ndcg)) ? ', with standard deviations over seeds' : ''}: ` +
      `${ends.join('; ')}.`,
    data: columns.map((column, n) => {
      const own = of(column);
      const { color, dash, symbol } = seriesStyle(n);
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: plainText(column),
        x: own.map(({ group }) => group),
        y: own.map(({ ndcg }) => ndcg.mean),
        error_y: {
          type: 'data',
          array: own.map(({ ndcg }) => ndcg.spread ?? 0),
          color,
          thickness: 1,
          width: 3,
        },
        line: { color, dash, width: 2 },
        marker: { color, symbol, size: 7 },
        text: own.map(hoverText),
        hovertemplate: `${plainText(column)}, %{x}: %{text}<extra></extra>`,
      };
    }),
    layout: layout({
      ...titled(plainText(finding(groups, columns))),
      xaxis: axis(`items before the one to be ranked, ${plainText(domain)}`, { type: 'category' }),
      yaxis: axis('NDCG@10 (%)', { rangemode: 'tozero' }),
    }),
  };
}

/** "31.40 % ± 0.50 over 3 seeds", and the interval over how many users. */
function hoverText({ users, ndcg: { mean, spread, values }, interval }: LengthGroup): string {
  const seeds = spread === undefined ? '' : ` ± ${spread.toFixed(2)} over ${values.length} seeds`;
  const over =
    interval === undefined ? `${users} users` : intervalLine(interval, '%', (value) => value.toFixed(1));
  return `${mean.toFixed(2)} %${seeds}<br>${over}`;
}

/** "Arts: trainable.FT is above SAS in 3 of 4 groups": the last column against the first. */
function finding(groups: readonly LengthGroup[], columns: readonly string[]): string {
  const [first, last] = [columns[0], columns[columns.length - 1]];
  const of = (column: string): LengthGroup[] => groups.filter((group) => group.column === column);
  if (first === last) return `${groups[0].domain}: ${first}`;
  const base = of(first);
  const above = of(last).filter(({ ndcg }, i) => ndcg.mean > base[i].ndcg.mean).length;
  return `${groups[0].domain}: ${last} is above ${first} in ${above} of ${base.length} groups`;
}
