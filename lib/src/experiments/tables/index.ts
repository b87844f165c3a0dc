/** Tables 1 to 5 as data. One file a table. */
export { cellMetrics } from './buildTable';
export { METRICS } from './metrics';
export { table1 } from './table1';
export { table2 } from './table2';
export { table3, table3AllItems, table3Columns } from './table3';
export { table4 } from './table4';
export { table5 } from './table5';
