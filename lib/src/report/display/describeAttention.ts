/** The three statistics of Figure 1 in a table and in sentences, all from the measured numbers. */
import type { AttentionMap } from '../../experiments/views/attentionMaps';
import type { Table } from './table';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const thirds = (values: readonly number[]): number[] =>
  [0, 1, 2].map((k) =>
    mean(values.slice(Math.round((k * values.length) / 3), Math.round(((k + 1) * values.length) / 3))),
  );

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
      const within = mean(tuned.statistics.similarityWithin);
      const between = tuned.statistics.similarityBetween;
      const [lower, middle, upper] = thirds(tuned.statistics.firstTokenShare);
      const [newest] = tuned.statistics.recencyShare;
      const oldest = tuned.statistics.recencyShare[tuned.statistics.recencyShare.length - 1];
      return [
        `${tuned.domain}, strata: in RECFORMER two layers have a similarity of ` +
          `${within.toFixed(2)} within a third, ${between.toFixed(2)} between thirds (Longformer: ` +
          `${mean(plain.statistics.similarityWithin).toFixed(2)} and ` +
          `${plain.statistics.similarityBetween.toFixed(2)}).`,
        `${tuned.domain}, first tokens: the middle third of RECFORMER puts ${percent(middle)} of its ` +
          `attention there, ${middle > lower && middle > upper ? 'more than' : 'not more than both'} the ` +
          `lower (${percent(lower)}) and upper third (${percent(upper)}).`,
        `${tuned.domain}, recency: the upper third of RECFORMER gives the newest item ` +
          `${percent(newest)} and the oldest ${percent(oldest)}; Longformer ` +
          `${percent(plain.statistics.recencyShare[0])} and ` +
          `${percent(plain.statistics.recencyShare[plain.statistics.recencyShare.length - 1])}.`,
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
