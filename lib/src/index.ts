/**
 * The library's public face: what notebooks import by the name `elephant`.
 *
 * @module elephant
 */
import './nodeVersion';
import './privacy';
export { InputError } from './errors';
export type { Session } from './experiments/session';
export type { OpenAnyOptions as OpenOptions } from './experiments/results/open';
export type { Provenance } from './experiments/views/provenance';
export type { UserExample } from './experiments/views/user';
export type { Curve } from './experiments/views/trainingCurves';
export { profile, PROFILE_NAMES, type Profile } from './experiments/profiles';
export { paperTables, type PaperTables } from './experiments/paper';
export {
  measured,
  type ComparisonTable,
  type Measured,
  type TableCell,
  type TableColumn,
  type TableRow,
} from './experiments/measured';
export type { RunStatus } from './pipeline/runState';
export {
  besideProfiles,
  compareColumns,
  competence,
  countVerdicts,
  describeAttention,
  controlFindings,
  engineTour,
  figureData,
  figures,
  findings,
  formatTable,
  fractionData,
  learningTable,
  open,
  pictures,
  repeatedVerdicts,
  show,
  tableData,
  verdicts,
  whenSentences,
  type Figure,
  type FigureData,
  type Finding,
  type Picture,
  type Table,
  type TableData,
  type TableFormat,
  type TableValue,
} from './report';
export { datasetStatistics, type Dataset, type DatasetStatistics, type ItemText } from './data';
export {
  describeReadReport,
  readAmazon,
  readAmazonWithReport,
  readOwn,
  readOwnWithReport,
  type AmazonOptions,
  type OwnOptions,
  type ReadReport,
} from './data/sources';
export { readItemTable, type ReadItemTableOptions } from './models/itemTables';
export type { ItemTable } from './text';
export {
  exportRecommender,
  openRecommender,
  recommend,
  saveRecommender,
  trainRecommender,
  type Catalogue,
  type RecommenderResult,
  type SavedRecommender,
  type TrainRecommender,
} from './training/recommender';
export {
  LEARNING_RATES,
  learningRateGrid,
  trainInParallel,
  type FailedRun,
  type GridPoint,
  type GridResult,
  type ParallelOptions,
  type RunRequest,
} from './training/recommender';
export { calibratedParameters, simulateDomain } from './data/simulation';
export type { Cell } from './experiments/columns';
export type { AttentionMap } from './experiments/views/attentionMaps';
export type { FractionPoint } from './experiments/views/pretrainingSize';
export { CLAIMS, type Claim, type ScoreboardRow } from './experiments/claims';
export { adam, createEngine, sgd, softmaxCrossEntropy, type TrainingProgram } from './engine';
