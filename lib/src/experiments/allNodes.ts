/** Every stage of a profile: what `elephant run` computes and the report shows. */
import { allCells, cellNodes } from './cells';
import { attentionNode, baselinesNode, datasetNode, domainsOf, oracleNode } from './nodes';
import type { Profile } from './profiles';
import { stage, type StageNode } from './stage';
import { kinds } from './stages/kinds';
import { runName, type ScoreboardConfig } from './stages/scoreboard';

const RESAMPLES = 10_000;

export function allNodes(profile: Profile): StageNode[] {
  return [
    ...domainsOf(profile).map((domain) => datasetNode(profile, domain)),
    ...profile.domains.flatMap((domain) => withoutTraining(profile, domain)),
    ...profile.attention.domains.flatMap((domain) => (['Longformer', 'RECFORMER'] as const).map((model) => attentionNode(profile, domain, model))),
    ...allCells(profile).flatMap((cell) => cellNodes(profile, cell) ?? []),
    scoreboardNode(profile),
  ];
}

/** Rankings without a trained model; the best possible one where the data are simulated. */
export function withoutTraining(profile: Profile, domain: string): StageNode[] {
  return [baselinesNode(profile, domain), ...(profile.given === undefined ? [oracleNode(profile, domain)] : [])];
}

/** The verdicts on the paper's claims, from the runs behind every cell. */
export function scoreboardNode(profile: Profile): StageNode {
  const config: ScoreboardConfig = { domains: profile.domains, resamples: RESAMPLES, seed: 1 };
  const runs = allCells(profile).flatMap((cell) => (cellNodes(profile, cell) ?? []).map((node, index) => [runName(cell, index), node] as const));
  return stage(kinds.scoreboard, 'scoreboard', { ...config, domains: [...config.domains] }, Object.fromEntries(runs));
}
