/** What the other rooms may import from data. */
export * from './types';
export { makeDataset, type DatasetParts } from './dataset';
export { trainPart, history, target, trainedItems, type EvaluationSplit } from './splits';
export { datasetStatistics, type DatasetStatistics } from './statistics';
export { MT19937 } from './mt19937';
export {
  evaluationNegatives,
  trainingCounts,
  type NegativeDistribution,
  type NegativeOptions,
} from './negatives';
export { packRows, padRows, planPositions, fewRowCounts, type RowPlan, type PlanPositions } from './packing';
export { shuffledOrder, slices } from './shuffle';
