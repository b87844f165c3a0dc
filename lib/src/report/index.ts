/** What the report offers to notebooks and scripts: tables, verdicts and figures to show. */
import './display/lastValues';
export { compareColumns } from './display/compareColumns';
export { competence } from './display/competence';
export { describeAttention } from './display/describeAttention';
export { controlFindings, findings, type Finding } from './display/findings';
export { learningTable } from './display/learningTable';
export { open } from './open';
export { show } from './display/show';
export { besideProfiles, countVerdicts, repeatedVerdicts, verdicts } from './display/verdicts';
export { whenSentences } from './display/whenSentences';
export type { Table } from './display/table';
export { fractionData, tableData, type TableData, type TableValue } from './tableData';
export { formatTable, type TableFormat } from './tableFormats';
export type { FigureData } from './figureData';
/** The data of the figures as rows: each a pure function from a session's data, for `formatTable`. */
export * as figureData from './figureData';
export type { Figure } from './figures/figure';
export { engineTour } from './engineTour';
/**
 * The figures: each a pure function from a session's data to a Plotly specification, which `show.figure`
 * draws.
 * @example
 * ```ts
 * import { figures, open, show } from 'elephant';
 * const session = open({ results: 'data/results/mini.json' });
 * await show.figure(figures.effects(await session.table3()));
 * await show.figure(figures.scoreboard(await session.scoreboard()));
 * ```
 */
export * as figures from './figures';
/** The pictures that explain the method, for `show.picture`. */
export * as pictures from './pictures';
export type { Picture } from './pictures';
