/**
 * The stage behind the scoreboard: the verdicts on the paper's claims, from the runs behind every cell of a
 * profile.
 */
import { allCells, cellNodes } from './cells';
import { fileHash } from '../pipeline/fileHash';
import { PAPER_TABLES_FILE } from './paper';
import type { Profile } from './profiles';
import { stage, type StageNode } from '../pipeline/stage';
import { kinds } from './stages/kinds';
import { runName, type ScoreboardConfig } from './stages/scoreboard';

const RESAMPLES = 10_000;

export function scoreboardNode(profile: Profile): StageNode {
  const config: ScoreboardConfig = {
    domains: profile.domains,
    resamples: RESAMPLES,
    seed: 1,
    paper: fileHash(PAPER_TABLES_FILE),
  };
  const runs = allCells(profile).flatMap((cell) =>
    (cellNodes(profile, cell) ?? []).map((node, index) => [runName(cell, index), node] as const),
  );
  return stage(
    kinds.scoreboard,
    'scoreboard',
    { ...config, domains: [...config.domains] },
    Object.fromEntries(runs),
  );
}
