/**
 * Beside Figure 2: is it the data or the updates? Compares a share of the pre-training data with equal
 * epochs, the same share with as many updates as all data, and all data. Also names the paper's shares that
 * are too small here. Pure.
 */
import type { FractionPoint } from '../../experiments/views/pretrainingSize';
import { overSeeds } from './overSeeds';
import type { Table } from './table';

export function equalUpdatesTable(
  points: readonly FractionPoint[],
  atEqualUpdates: readonly FractionPoint[],
  profile: string,
): Table {
  const line = (what: string, { domain, sequences, updates, values }: FractionPoint): (string | number)[] => {
    const { mean, spread } = values['N@10'];
    return [
      domain,
      what,
      sequences,
      updates,
      spread === undefined ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${spread.toFixed(2)}`,
    ];
  };
  const seeds = overSeeds(atEqualUpdates.map(({ values }) => values['N@10']))
    ? ', mean over seeds ± standard deviation'
    : '';
  return {
    caption:
      `Less data or fewer updates? NDCG@10 in %${seeds} (${profile}). Equal updates: trained for about ` +
      'as many as on all data. Updates are counted up to the epoch that was kept.',
    columns: ['domain', 'pre-training', 'sequences', 'updates', 'NDCG@10'],
    rows: atEqualUpdates.flatMap((equal) => {
      const own = points.filter(({ domain }) => domain === equal.domain);
      return [
        ...own
          .filter(({ percent }) => percent === equal.percent)
          .map((point) => line(`${point.percent} %, equal epochs`, point)),
        line(`${equal.percent} %, equal updates`, equal),
        ...own.filter(({ percent }) => percent === 100).map((point) => line('100 %', point)),
      ];
    }),
  };
}

/**
 * "Out of reach here: the paper's shares 0.01 % and 0.1 %, which would leave 0 and 1 of the sequences."
 * Undefined if none is.
 */
export function outOfReach(
  shares: readonly { readonly percent: number; readonly sequences: number }[],
): string | undefined {
  if (shares.length === 0) return undefined;
  const list = (words: readonly string[]): string =>
    words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
  return (
    `Out of reach here: the paper's share${shares.length === 1 ? '' : 's'} ` +
    `${list(shares.map(({ percent }) => `${percent} %`))}, which would leave ` +
    `${list(shares.map(({ sequences }) => String(sequences)))} of the sequences.`
  );
}
