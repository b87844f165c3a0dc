/** Every stage of a profile: what `elephant run` computes and the report shows. */
import { controlTables } from './controls/controlTables';
import { equalScales } from './controls/equalScales';
import { oneLoss } from './controls/oneLoss';
import { allCells, cellNodes } from './cells';
import { attentionNode, datasetNode, domainsOf, withoutTraining } from './nodes';
import type { Profile } from './profiles';
import { repetitions } from './repetitions';
import { scoreboardNode } from './scoreboardNode';
import type { StageNode } from '../pipeline/stage';
import { learningRates, rateColumns, rateDomains } from './views/learningRates';
import { equalUpdates } from './views/pretrainingSize';

export function allNodes(profile: Profile): StageNode[] {
  return [
    ...domainsOf(profile).map((domain) => datasetNode(profile, domain)),
    ...profile.domains.flatMap((domain) => withoutTraining(profile, domain)),
    ...profile.attention.domains.flatMap((domain) =>
      (['Longformer', 'RECFORMER'] as const).map((model) => attentionNode(profile, domain, model)),
    ),
    ...allCells(profile).flatMap((cell) => cellNodes(profile, cell) ?? []),
    ...[
      oneLoss(profile),
      controlTables(profile),
      equalScales(profile),
      equalUpdates(profile),
      repetitions(profile),
    ].flatMap(({ nodes }) => nodes),
    ...rateDomains(profile).flatMap((domain) => learningRates(profile, domain, rateColumns(profile)).nodes),
    scoreboardNode(profile),
  ];
}
