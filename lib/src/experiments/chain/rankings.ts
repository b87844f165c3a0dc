/** What ranks the items of a domain: SASRec and BERT4Rec, and baselines without a trained model. */
import { onDevice, stage, type StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import { type Backbone, BACKBONE_MODELS } from '../profiles';
import type { BaselinesFacts } from '../stages/baselines';
import { kinds } from '../stages/kinds';
import type { RecommenderConfig, RecommenderFacts } from '../stages/recommender';

/** Seed of the random ranking. */
const SEED = 1;

export function baselines(experiment: Experiment, domain: string): StageNode<BaselinesFacts> {
  return stage(kinds.baselines, {
    label: `baselines, ${domain}`,
    config: { seed: SEED },
    inputs: { dataset: experiment.dataset(domain), table: experiment.itemTable(domain, 'lexical') },
  });
}

export interface RecommenderChoice {
  backbone: Backbone;
  variant: RecommenderConfig['variant'];
  /** For every variant but "base": the item table's node and its name. */
  table?: { node: StageNode; name: string };
  /** Full ranking: loss and selection are those of the authors' full setting (D12). Default: sampled. */
  protocol?: 'sampled' | 'full';
  /** Instead of the authors' loss (D12, D43). */
  loss?: RecommenderConfig['loss'];
}

type Run = StageNode<RecommenderFacts, RecommenderConfig>;

/**
 * A recommender's runs, one per seed. The first seed chooses the learning rate from the profile's grid by
 * validation NDCG@10; the others take the rate it chose. The further variants start from the freeze run of
 * the same seed.
 */
export function recommenders(experiment: Experiment, domain: string, choice: RecommenderChoice): Run[] {
  const { backbone, variant, table, protocol = 'sampled' } = choice;
  const loss = choice.loss ?? (backbone === 'SASRec' && protocol === 'sampled' ? 'bce' : 'ce');
  const { precision, recommender } = experiment.profile;
  const { learningRates, sensitivity: _, seeds, batch, passes, pieces = 1, ...settings } = recommender;
  const further = variant === 'furtherAll' || variant === 'furtherEmb';
  const starts = further ? experiment.recommenders(domain, { ...choice, variant: 'freeze' }) : undefined;
  const run = (index: number, rates: readonly number[], chosenBy?: Run): Run => {
    const seed = seeds[index];
    const node = stage(kinds.recommender, {
      label: `${labelOf(domain, choice)}, seed ${seed}`,
      config: {
        ...settings,
        batch: batch[backbone],
        passes: passes[backbone],
        dim: experiment.profile.language.hidden,
        model: BACKBONE_MODELS[backbone],
        loss,
        variant,
        selection: protocol,
        seed,
        learningRates: [...rates],
        ...(pieces > 1 && { pieces }),
        ...(precision && { precision }),
      },
      inputs: {
        dataset: experiment.dataset(domain),
        ...(starts !== undefined ? { start: starts[index] } : table && { table: table.node }),
        ...(chosenBy && { rates: chosenBy }),
      },
    });
    return onDevice(node, experiment.profile.device);
  };
  const searched = run(0, learningRates[backbone]);
  return [searched, ...seeds.slice(1).map((_seed, i) => run(i + 1, [], searched))];
}

/** "SASRec, Arts, freeze.FT, full ranking". */
function labelOf(domain: string, { backbone, variant, table, protocol, loss }: RecommenderChoice): string {
  return [
    backbone,
    domain,
    table === undefined ? variant : `${variant}.${table.name}`,
    ...(protocol === 'full' ? ['full ranking'] : []),
    ...(loss === undefined ? [] : [`loss ${loss}`]),
  ].join(', ');
}
