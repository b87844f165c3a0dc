/** How the language stages learnt: from stored logs to the figure. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { learningSteps, type LearningStep } from '../../lib/src/experiments/views/languageLearning';
import type { FinetuneFacts } from '../../lib/src/experiments/stages/finetuneFacts';
import { languageCurves } from '../../lib/src/report/figures/languageCurves';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';

const finetuned = (FT1: number[], FT2: number[]): FinetuneFacts => {
  const run = (values: number[], first: number) => {
    const log = values.map((validation, i) => ({ epoch: first + i, loss: 1, validation, validations: {} }));
    return { epochs: first + values.length - 1, bestEpoch: first + values.indexOf(Math.max(...values)), log };
  };
  return {
    test: {},
    tiedUsers: {},
    stages: { FT1: run(FT1, 1), FT2: run([Math.max(...FT1), ...FT2], 0) },
    tableIsUntuned: false,
  } as unknown as FinetuneFacts;
};

const pretrained = {
  sequences: 900,
  heldOut: 100,
  updates: 145,
  bestEpoch: 4,
  log: [0.36, 0.41, 0.43, 0.46, 0.45].map((accuracy, i) => ({
    epoch: i + 1,
    loss: 3,
    accuracy,
    accuracyWithin: accuracy / 2,
  })),
};
const steps = (losses: number[], limits = { epochs: 9, patience: 2 }): LearningStep[] =>
  learningSteps(
    { losses },
    1500,
    pretrained,
    [
      { domain: 'Arts', json: finetuned([0.08, 0.09, 0.1, 0.09], [0.11, 0.12, 0.1]) },
      { domain: '<b>Pantry</b>', json: finetuned([0.0625, 0.075, 0.05], [0.0625, 0.05]) },
    ],
    limits,
  );

test('fine-tuning that the last epoch allowed cut off says so', () => {
  const noteOf = (limits: { epochs: number; patience: number }): string =>
    steps([6, 5], limits).find(({ stage }) => stage === 'FT, Arts')!.note;
  expect(noteOf({ epochs: 4, patience: 2 })).toMatch(/^best FT1 epoch 3 of 4 \(the limit\);/);
  expect(noteOf({ epochs: 4, patience: 1 })).toMatch(/^best FT1 epoch 3 of 4;/);
  expect(noteOf({ epochs: 9, patience: 2 })).toMatch(/^best FT1 epoch 3 of 4;/);
});

test('the curves look as stored', async () => {
  const figure = languageCurves(steps([6.08, 5.6, 5.4]));
  expect(figure.alt).toBe(
    'How the language stages learnt by epoch, from the first to the best. LF: loss (nats per masked ' +
      'token): 6.08 to 5.40. PT: contrastive accuracy: 36.0 % to 46.0 %, within a domain 18.0 % to 23.0 ' +
      '%. FT: validation NDCG@10: Arts 8.0 % to 12.0 %, <b>Pantry</b> 6.3 % to 7.5 %.',
  );
  expect(figure.layout.title).toMatchObject({
    text: 'PT finds 46 % of pairs, by chance 6 %; FT gains 2.6 points on average, first to best epoch',
  });
  await expect(await renderSvg(figure)).toMatchFileSnapshot(
    join(__dirname, 'snapshots', 'language-curves.svg'),
  );
});

test('FT2 continues from the best epoch of FT1; the best of both is marked', () => {
  const { data } = languageCurves(steps([6, 5]));
  const of = (name: string) =>
    data.filter((trace) => trace.name === name).map(({ x, y, customdata }) => [x, y, customdata]);
  expect(of('Arts')).toEqual([
    [
      [1, 2, 3, 4],
      [8, 9, 10, 9],
      [1, 2, 3, 4],
    ],
    [
      [3, 4, 5, 6],
      [10, 11, 12, 10],
      [0, 1, 2, 3],
    ],
    [[5], [12], undefined],
  ]);
  expect(of('&lt;b&gt;Pantry&lt;/b&gt;').at(-1)).toEqual([[2], [7.5], undefined]);
  expect(of('PT').at(-1)).toEqual([[4], [46], undefined]);
  expect(of('PT, within a domain').at(-1)).toEqual([[4], [23], undefined]);
  expect(data.filter(({ showlegend }) => showlegend).map(({ name }) => name)).toEqual([
    'chance',
    'Arts',
    '&lt;b&gt;Pantry&lt;/b&gt;',
  ]);
});

test('a given language model has no panel; results without curves leave a sentence', async () => {
  expect(Object.keys(languageCurves(steps([])).layout).filter((key) => key.startsWith('xaxis'))).toEqual([
    'xaxis',
    'xaxis2',
  ]);
  const none = languageCurves(steps([6, 5]).map((step) => ({ ...step, curves: undefined })));
  expect(none.data).toEqual([]);
  expect(await renderSvg(none)).toContain('These results hold no curves.');
});
