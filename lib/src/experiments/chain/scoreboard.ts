/** The verdicts on the paper's claims, from the runs behind the cells of a profile. */
import { fileHash } from '../../pipeline/fileHash';
import { stage, type StageNode } from '../../pipeline/stage';
import { allCells } from '../cells';
import type { Cell } from '../columns';
import type { Experiment } from '../experiment';
import { PAPER_TABLES_FILE } from '../paper';
import { kinds } from '../stages/kinds';
import { runName, type ScoreboardFacts } from '../stages/scoreboard';

const RESAMPLES = 10_000;

/** From all cells, or from `cells` alone: a claim on others is then not measured. */
export function scoreboard(
  experiment: Experiment,
  cells: readonly Cell[] = allCells(experiment),
): StageNode<ScoreboardFacts> {
  const runs = cells.flatMap((cell) =>
    (experiment.cell(cell) ?? []).map((node, index) => [runName(cell, index), node] as const),
  );
  return stage(kinds.scoreboard, {
    label: 'scoreboard',
    config: {
      domains: experiment.profile.domains,
      resamples: RESAMPLES,
      seed: 1,
      paper: fileHash(PAPER_TABLES_FILE),
    },
    inputs: Object.fromEntries(runs),
  });
}
