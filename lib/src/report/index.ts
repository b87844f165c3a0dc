/** The report's room: showing in notebooks, figures, headless execution of notebooks, paper-repro.md. */
import './display/lastValues';
export { compareColumns } from './display/compareColumns';
export { competence } from './display/competence';
export { describeAttention } from './display/describeAttention';
export { controlFindings, findings } from './display/findings';
export { learningTable } from './display/learningTable';
export { open } from './open';
export { show } from './display/show';
export { countVerdicts, repeatedVerdicts, verdicts } from './display/verdicts';
export { describeStatus, type Watched } from './display/progress';
export type { Table } from './display/table';
export {
  formatTable,
  fractionData,
  tableData,
  type TableData,
  type TableFormat,
  type TableValue,
} from './tableData';
export type { Figure } from './figures/figure';
export { engineTour, type EngineTour, type GraphStage } from './engineTour';
export { renderSvg } from './figures/renderSvg';
export * as figures from './figures';
export {
  NotebookFailure,
  runNotebook,
  type NotebookProgress,
  type RunNotebookOptions,
} from '../jupyter/notebook/runNotebook';
