/** RECFORMER as fine-tuning leaves it. */
import { onDevice, stage, type StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import type { FinetuneConfig } from '../stages/finetune';
import type { FinetuneFacts, TiedTestFacts, TunedFacts } from '../stages/finetuneFacts';
import { kinds } from '../stages/kinds';
import type { ModelFacts } from '../stages/storedModel';
import { layersText } from './language';

/**
 * FT1 and FT2 on a domain with all layers, from PT: REC and the FT table. Table 4's REC comes from the same
 * trajectory, and Table 5's REC.trainable from the same FT1, if the profile has these tables.
 */
export function recformer(experiment: Experiment, domain: string): StageNode<TunedFacts> {
  const { tables, domains, withID } = experiment.profile;
  const node = finetuned(experiment, domain, `RECFORMER, ${domain}`, experiment.pt(), {
    tuned: 'all',
    protocols: tables.includes('table4') && domains.includes(domain) ? ['sampled', 'full'] : ['sampled'],
    trainableTable: tables.includes('table5') && withID.includes(domain) ? 'also' : false,
  });
  return node as StageNode<TunedFacts>;
}

/**
 * FT1 and FT2 that tune some layers alone, counted from 0; without any the model ranks as it is.
 * @param from Weights to start from: those of LF, of PT, or of a PT that tuned these layers alone.
 */
export function layerSet(
  experiment: Experiment,
  domain: string,
  layers: readonly number[],
  from: 'LF' | 'PT' | readonly number[] = 'PT',
): StageNode<FinetuneFacts, FinetuneConfig> {
  const start = from === 'LF' ? experiment.lf() : experiment.pt({ tuned: from === 'PT' ? 'all' : [...from] });
  const origin = { LF: ', from LF', PT: '' }[String(from)] ?? `, from PT${layersText(from as number[])}`;
  return finetuned(experiment, domain, `RECFORMER, ${domain}${layersText(layers)}${origin}`, start, {
    tuned: layers,
    protocols: ['sampled'],
    trainableTable: false,
  });
}

function finetuned(
  experiment: Experiment,
  domain: string,
  label: string,
  model: StageNode<ModelFacts>,
  choice: Pick<FinetuneConfig, 'tuned' | 'protocols' | 'trainableTable'>,
): StageNode<FinetuneFacts, FinetuneConfig> {
  const { finetune, decisions, input, language, languageThreads, device, precision } = experiment.profile;
  const { pieces, ...options } = finetune;
  const { emptyHistory, schedule } = decisions;
  const node = stage(kinds.finetune, {
    label,
    config: {
      ...options,
      // Whole updates have no such value in their keys.
      ...(pieces > 1 && { pieces }),
      ...{ emptyHistory, schedule },
      ...choice,
      limits: input,
      seed: language.seed,
      ...(precision && { precision }),
    },
    inputs: { dataset: experiment.dataset(domain), model, tokens: experiment.itemTokens(domain) },
    threads: languageThreads,
  });
  return onDevice(node, device);
}

/** REC as full ranking selects it (Table 4), or with an item table that FT2 trained as well (Table 5). */
export function selectedRec(
  experiment: Experiment,
  domain: string,
  rec: 'full' | 'trainable',
): StageNode<TiedTestFacts> {
  const label = rec === 'full' ? 'selected by full ranking' : 'trainable table';
  return stage(kinds.selectedRec, {
    label: `RECFORMER, ${domain}, ${label}`,
    config: { rec },
    inputs: { finetune: experiment.recformer(domain) },
  });
}
