/** The three statistics of Figure 1 in a table and in sentences, all from the measured numbers. */
import type { AttentionMap } from '../../experiments/views/attentionMaps';
import type { Table } from './table';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const thirds = (values: readonly number[]): number[] =>
  [0, 1, 2].map((k) =>
    mean(values.slice(Math.round((k * values.length) / 3), Math.round(((k + 1) * values.length) / 3))),
  );

const listed = (words: readonly string[]): string =>
  `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;

/** "0.14, 0.17 and 0.42, and 0.17". */
function similar({ similarityWithin, similarityBetween }: AttentionMap['statistics']): string {
  return `${listed(similarityWithin.map((value) => value.toFixed(2)))}, and ${similarityBetween.toFixed(2)}`;
}

/** "52.0 % and the oldest 18.0 %". */
function ends(shares: readonly number[]): string {
  return `${percent(shares[0])} and the oldest ${percent(shares[shares.length - 1])}`;
}

function table(maps: readonly AttentionMap[]): Table {
  return {
    columns: [
      'domain',
      'model',
      'similarity within thirds',
      'between thirds',
      'on first tokens: lower, middle, upper third',
      'upper third by item, newest first',
      'sequences',
    ],
    rows: maps.map(({ domain, model, statistics, sequences }) => [
      domain,
      model,
      statistics.similarityWithin.map((value) => value.toFixed(2)).join(', '),
      statistics.similarityBetween.toFixed(2),
      thirds(statistics.firstTokenShare).map(percent).join(', '),
      statistics.recencyShare.map(percent).join(', '),
      sequences,
    ]),
  };
}

function sentences(maps: readonly AttentionMap[]): string[] {
  return maps
    .filter(({ model }) => model === 'RECFORMER')
    .flatMap((tuned) => {
      const plain = maps.find(
        ({ domain, model }) => domain === tuned.domain && model === 'Longformer',
      ) as AttentionMap;
      const [here, there] = [tuned.statistics, plain.statistics];
      return [
        `${tuned.domain}, strata: within the lower, middle and upper third two layers of RECFORMER have a ` +
          `similarity of ${similar(here)} between thirds; in Longformer ${similar(there)}.`,
        `${tuned.domain}, first tokens of items: the lower, middle and upper third of RECFORMER put ` +
          `${listed(thirds(here.firstTokenShare).map(percent))} of their attention there; in Longformer ` +
          `${listed(thirds(there.firstTokenShare).map(percent))}.`,
        `${tuned.domain}, recency: the upper third of RECFORMER gives the newest item ` +
          `${ends(here.recencyShare)}; in Longformer ${ends(there.recencyShare)}.`,
      ];
    });
}

/**
 * The three statistics of Figure 1 as a table; `describeAttention.sentences` says them in words, three
 * sentences per domain.
 */
export const describeAttention = Object.assign(table, {
  /** The same in words. */
  sentences,
});
