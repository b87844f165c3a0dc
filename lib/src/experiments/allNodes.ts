/** Every stage of a profile: what `elephant run` computes and the report shows. */
import { controlTables } from './beyond/controlTables';
import { equalScales } from './beyond/equalScales';
import { oneLoss } from './beyond/oneLoss';
import { allCells, cellNodes } from './cells';
import { attentionNode, datasetNode, domainsOf, withoutTraining } from './nodes';
import type { Profile } from './profiles';
import { stage, type StageNode } from './stage';
import { kinds } from './stages/kinds';
import { runName, type ScoreboardConfig } from './stages/scoreboard';
import { equalUpdates } from './views/pretrainingSize';

const RESAMPLES = 10_000;

export function allNodes(profile: Profile): StageNode[] {
  return [
    ...domainsOf(profile).map((domain) => datasetNode(profile, domain)),
    ...profile.domains.flatMap((domain) => withoutTraining(profile, domain)),
    ...profile.attention.domains.flatMap((domain) => (['Longformer', 'RECFORMER'] as const).map((model) => attentionNode(profile, domain, model))),
    ...allCells(profile).flatMap((cell) => cellNodes(profile, cell) ?? []),
    ...[oneLoss(profile), controlTables(profile), equalScales(profile), equalUpdates(profile)].flatMap(({ nodes }) => nodes),
    scoreboardNode(profile),
  ];
}

/** The verdicts on the paper's claims, from the runs behind every cell. */
export function scoreboardNode(profile: Profile): StageNode {
  const config: ScoreboardConfig = { domains: profile.domains, resamples: RESAMPLES, seed: 1 };
  const runs = allCells(profile).flatMap((cell) => (cellNodes(profile, cell) ?? []).map((node, index) => [runName(cell, index), node] as const));
  return stage(kinds.scoreboard, 'scoreboard', { ...config, domains: [...config.domains] }, Object.fromEntries(runs));
}
