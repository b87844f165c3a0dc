/** How far the language stages learnt, as a table. Called by the report and by notebooks. Pure. */
import type { LearningStep } from '../../experiments/views/languageLearning';
import type { Table } from './table';

export function learningTable(steps: readonly LearningStep[]): Table {
  return {
    caption: 'How far the language stages learnt. A column of a model that learnt nothing says nothing about the paper.',
    columns: ['stage', 'measure', 'first epoch', 'best or last', 'chance', ''],
    rows: steps.map(({ stage, measure, first, last, chance, note }) => [stage, measure, first.toFixed(3), last.toFixed(3), chance === undefined ? '' : chance.toFixed(3), note]),
  };
}
