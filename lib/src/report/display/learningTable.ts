/** How far the language stages learnt, as a table. Pure. */
import type { LearningStep } from '../../experiments/views/languageLearning';
import type { Table } from './table';

function table(steps: readonly LearningStep[]): Table {
  return {
    caption:
      'How far the language stages learnt. A column of a model that learnt nothing says nothing about ' +
      'the paper.',
    columns: ['stage', 'measure', 'first epoch', 'best or last', 'chance', ''],
    rows: steps.map(({ stage, measure, first, last, chance, note }) => [
      stage,
      measure,
      shown(first),
      shown(last),
      shown(chance),
      note,
    ]),
  };
}

function shown(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3);
}

/** Says in words what a reader of PT and FT columns must know before comparing them. */
function sentences(steps: readonly LearningStep[]): string[] {
  const untuned = steps
    .filter((step) => step.untuned === true)
    .map(({ stage }) => stage.replace(/^FT, /, ''));
  const finetuned = steps.filter(({ stage }) => stage.startsWith('FT, ')).length;
  if (untuned.length === 0) return [`Fine-tuning changed the item table on all ${finetuned} datasets.`];
  return [
    `On ${untuned.length} of ${finetuned} datasets (${untuned.join(', ')}) the first epoch of fine-tuning ` +
      'was the best, so the FT table is the PT table. There the columns FT and PT start from the same ' +
      'numbers, and no difference between them is due to fine-tuning.',
  ];
}

/**
 * How far the language stages learnt, as a table; `learningTable.sentences` says for how many datasets
 * fine-tuning changed the item table.
 */
export const learningTable = Object.assign(table, {
  /** The same in words. */
  sentences,
});
