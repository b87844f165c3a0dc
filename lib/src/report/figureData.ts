/**
 * The data of figures as rows, a function per figure, by the names of the session's methods. For a paper, a
 * spreadsheet or a script; figures/ draws them. A figure of a table has the table's data (tableData.ts).
 */
import type { ManySeeds } from '../experiments/controls/manySeeds';
import type { ScoreboardRow } from '../experiments/claims';
import type { RepeatedScoreboard } from '../experiments/repetitions';
import type { AttentionMap } from '../experiments/views/attentionMaps';
import type { LengthGroup } from '../experiments/views/historyLengths';
import type { ItemMap } from '../experiments/views/itemMap';
import type { LearningStep } from '../experiments/views/languageLearning';
import type { RateSearch } from '../experiments/views/learningRates';
import type { ModelSize } from '../experiments/views/modelSizes';
import type { GainPoint } from '../experiments/views/whenItHelps';
import type { GainSplit } from './figures/gainSplit';
import type { TrainingCurve } from './figures/trainingCurves';
import { learningLines } from './figures/languageCurves';

/** The data of a figure as rows. */
export interface FigureData {
  readonly title: string;
  readonly columns: readonly string[];
  /** In the order of the columns; null for a number that there is not. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A row per head and token: its share of the attention of `<s>`. Item 1 is the newest, item 0 is `<s>`. */
export function figure1(maps: readonly AttentionMap[]): FigureData {
  return {
    title: 'Figure 1: attention of the first token, as a share of 1',
    columns: ['domain', 'model', 'layer', 'head', 'position', 'token', 'item', 'attention'],
    rows: maps.flatMap(({ domain, model, heads, tokens, items, attention }) =>
      Array.from(attention, (share, i) => {
        const [row, position] = [Math.floor(i / tokens.length), i % tokens.length];
        const [layer, head] = [Math.floor(row / heads), row % heads];
        const rounded = Number(share.toPrecision(4));
        return [domain, model, layer, head, position, tokens[position], items[position], rounded];
      }),
    ),
  };
}

const CLAIM = ['section', 'claim', 'verdict', 'effect', 'low', 'high', 'p', 'users', 'paper', 'statement'];

/** A row per claim: effect, its 95 % interval over users and the paper's effect in percent; corrected p. */
export function scoreboard(rows: readonly ScoreboardRow[]): FigureData {
  return {
    title: 'Scoreboard: the effect of each claim in percent, with its 95 % interval over users',
    columns: CLAIM,
    rows: rows.map(claimRow),
  };
}

/** The rows of the scoreboard for each repetition. */
export function repetitions(boards: readonly RepeatedScoreboard[]): FigureData {
  return {
    title: 'Scoreboard again, with other seeds, batches and worlds',
    columns: ['world', 'seed', 'batches', ...CLAIM],
    rows: boards.flatMap(({ world, seed, batchMix = null, rows }) =>
      rows.map((row) => [world, seed, batchMix, ...claimRow(row)]),
    ),
  };
}

function claimRow({ claim, verdict, ours, paper }: ScoreboardRow): (string | number | null)[] {
  const { section, id, statement } = claim;
  const [effect, low, high, printed] = [
    ours?.effect,
    ours?.interval.low,
    ours?.interval.high,
    paper.effect,
  ].map((share) => (share === undefined ? null : 100 * share));
  const [p, users] = [ours?.adjustedP ?? null, ours?.users ?? null];
  return [section, id, verdict, effect, low, high, p, users, printed, statement];
}

/** A row per column of Table 3 and seed. */
export function manySeeds(cells: readonly ManySeeds[]): FigureData {
  return {
    title: 'The same training with other seeds: NDCG@10 in percent',
    columns: ['domain', 'column', 'seed', 'NDCG@10'],
    rows: cells.flatMap(({ domain, column, ndcg }) =>
      ndcg.values.map((value, i) => [domain, column, i + 1, value]),
    ),
  };
}

/** A row per point: the condition, and what the table gains there in percent, with its spread over seeds. */
export function whenItHelps(points: readonly GainPoint[]): FigureData {
  return {
    title: 'When does it help? Gain in NDCG@10 over the random table in percent, and both values',
    columns: ['domain', 'condition', 'at', 'table', 'gain', 'spread', 'NDCG@10', 'random', 'seeds', 'users'],
    rows: points.map(({ domain, sweep, at, table, gain, ours, random, users }) => {
      const { mean, spread = null, values } = gain;
      return [
        domain,
        sweep,
        at,
        table,
        mean,
        spread,
        100 * ours.mean,
        100 * random.mean,
        values.length,
        users,
      ];
    }),
  };
}

/** A row per epoch of each training. */
export function trainingCurves(curves: readonly TrainingCurve[]): FigureData {
  return {
    title: 'Training of SASRec: loss, and validation NDCG@10 in percent, by epoch',
    columns: ['domain', 'column', 'epoch', 'loss', 'NDCG@10'],
    rows: curves.flatMap(({ domain, label, epochs }) =>
      epochs.map(({ epoch, loss, validation }) => [domain, label, epoch, loss, 100 * validation]),
    ),
  };
}

/** A row per epoch of each language stage, numbered as drawn: FT2 begins at the best epoch of FT1. */
export function languageLearning(steps: readonly LearningStep[]): FigureData {
  return {
    title: 'How the language models learnt, by epoch',
    columns: ['stage', 'training', 'epoch', 'value', 'chance', 'best', 'measure'],
    rows: steps.flatMap((step) =>
      learningLines(step).flatMap(({ name, x, values, first, kept }) =>
        values.map((value, i) => {
          const best = first + i === kept ? 'kept' : '';
          return [step.stage, name, x[i], value, step.chance ?? null, best, step.measure];
        }),
      ),
    ),
  };
}

/** A row per learning rate tried; NDCG@10 is null if training diverged. */
export function learningRates(searches: readonly RateSearch[]): FigureData {
  return {
    title: 'Learning rates of SASRec: best validation NDCG@10 in percent',
    columns: ['domain', 'column', 'rate', 'NDCG@10', 'best'],
    rows: searches.flatMap(({ domain, column, rates, chosen }) =>
      rates.map(({ learningRate, validation }) => {
        const percent = validation === null ? null : 100 * validation;
        return [domain, column, learningRate, percent, learningRate === chosen ? 'chosen' : ''];
      }),
    ),
  };
}

/** A row per column of Table 3 and length of the users' histories. */
export function historyLengths(groups: readonly LengthGroup[]): FigureData {
  return byGroup('Test NDCG@10 in percent by the length of the history', groups);
}

/** A row per column of Table 3 and how often the target was trained on. */
export function coldItems(groups: readonly LengthGroup[]): FigureData {
  return byGroup('Test NDCG@10 in percent by how often the target was trained on', groups);
}

function byGroup(title: string, groups: readonly LengthGroup[]): FigureData {
  return {
    title,
    columns: ['domain', 'column', 'group', 'users', 'NDCG@10', 'spread'],
    rows: groups.map(({ domain, column, group, users, ndcg: { mean, spread = null } }) => [
      domain,
      column,
      group,
      users,
      mean,
      spread,
    ]),
  };
}

/** A row per item of each table: its two leading principal components. */
export function itemMap(maps: readonly ItemMap[]): FigureData {
  return {
    title: 'Item tables by their two leading principal components',
    columns: ['domain', 'table', 'x', 'y', 'category', 'title'],
    rows: maps.flatMap(({ domain, source, points }) =>
      points.map(({ x, y, category, title }) => [domain, source, x, y, category, title]),
    ),
  };
}

/** A row per item table: what of its gain is due to its vectors, and what to their scale. */
export function gainSplit(splits: readonly GainSplit[]): FigureData {
  return {
    title: 'Gain of SASRec over random vectors in points of NDCG@10, by what vectors say and by their scale',
    columns: ['table', 'text', 'scale'],
    rows: splits.map(({ source, text, scale }) => [source, text, scale]),
  };
}

/** A row per part of RECFORMER and SASRec: how many numbers it learns. */
export function modelSizes(sizes: readonly ModelSize[]): FigureData {
  return {
    title: 'How many numbers each model learns',
    columns: ['part', 'paper', 'ours'],
    rows: sizes.map(({ part, paper, ours }) => [part, paper, ours]),
  };
}
