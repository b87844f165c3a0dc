/** How users are ranked for each table. A file of its own: the scoreboard's key covers it, and no profile. */
import type { Protocol } from '../evaluation';
import type { TableName } from './profiles';

/** The ranking protocol of each table (paper: 100 sampled negatives, except in Table 4). */
export const TABLE_PROTOCOL: Readonly<Record<TableName, Protocol>> = {
  table1: 'sampled',
  table3: 'sampled',
  table4: 'full',
  table5: 'sampled',
  figure2: 'sampled',
};
