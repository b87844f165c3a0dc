/**
 * Stage: the verdict on each of the paper's claims, from the ranks of all runs behind the tables (paired
 * bootstrap over users).
 */
import type { Ranks } from '../../evaluation';
import { CLAIMS, scoreboard, type ScoreboardRow } from '../claims';
import type { TableName } from '../profiles';
import { TABLE_PROTOCOL } from '../tableProtocol';
import type { StageFunction } from '../../pipeline/stage';
import { storedRanks, type TestFacts } from './storedEvaluation';

export interface ScoreboardConfig {
  domains: string[];
  resamples: number;
  seed: number;
  /** Hash of the file with the paper's numbers, which the claims are compared with. */
  paper: string;
}

/** Name of a run among the stage's inputs: the cell, then the index of the seed. */
export function runName(
  cell: { table: TableName; backbone?: string; domain: string; column: string },
  index: number,
): string {
  return JSON.stringify([cell.table, cell.backbone ?? null, cell.domain, cell.column, index]);
}

export interface ScoreboardFacts {
  rows: readonly ScoreboardRow[];
}

export const run: StageFunction<ScoreboardConfig, ScoreboardFacts, Record<string, TestFacts>> = async (
  { domains, resamples, seed },
  inputs,
) => {
  const rows = scoreboard(
    CLAIMS,
    (cell) => {
      const runs: Ranks[] = [];
      for (
        let input = inputs[runName(cell, 0)];
        input !== undefined;
        input = inputs[runName(cell, runs.length)]
      ) {
        runs.push(storedRanks(input, TABLE_PROTOCOL[cell.table]));
      }
      return runs.length > 0 ? runs : undefined;
    },
    { domains, resamples, seed },
  );
  // Through JSON, which leaves undefined entries out.
  return { json: JSON.parse(JSON.stringify({ rows })) as ScoreboardFacts, arrays: {} };
};
