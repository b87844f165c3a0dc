/** Every stage of a profile: what its views need, so what `elephant run` computes and the report shows. */
import type { StageNode } from '../pipeline/stage';
import { experiment } from './experiment';
import type { Profile } from './profiles';
import * as views from './views';

export function allNodes(profile: Profile): StageNode[] {
  const nodes = Object.values(views).flatMap(({ computed }) =>
    computed(profile).flatMap(({ recipe }) => recipe(experiment(profile)).nodes),
  );
  return [...new Map(nodes.map((node) => [node.key, node])).values()];
}
