/** The report's room: showing in notebooks, figures, headless execution of notebooks, paper-repro.md. */
export { show } from './display/show';
export type { Progress } from './display/progress';
export type { Table } from './display/table';
export type { Figure } from './figures/figure';
export { plainText } from './figures/figure';
export { renderSvg } from './figures/renderSvg';
export { trainingCurves, type TrainingCurve } from './figures/trainingCurves';
export { NotebookFailure, runNotebook, type NotebookProgress, type RunNotebookOptions } from './notebook/runNotebook';
