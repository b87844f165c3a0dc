/**
 * How users are ranked for each table. In a file of its own, so that the scoreboard's key covers it without
 * any profile.
 */
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
