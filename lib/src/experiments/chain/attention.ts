/** What `<s>` attends to (Figure 1), in the language model itself and after fine-tuning on the domain. */
import { onDevice, stage, type StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import type { AttentionFacts } from '../stages/attention';
import { kinds } from '../stages/kinds';

export function attention(
  experiment: Experiment,
  domain: string,
  model: 'Longformer' | 'RECFORMER',
): StageNode<AttentionFacts> {
  const { input, attention, device } = experiment.profile;
  const node = stage(kinds.attention, {
    label: `attention of ${model}, ${domain}`,
    config: { limits: input, sequences: attention.sequences },
    inputs: {
      dataset: experiment.dataset(domain),
      model: model === 'Longformer' ? experiment.lf() : experiment.recformer(domain),
      tokenizer: experiment.tokenizer(),
      tokens: experiment.itemTokens(domain),
    },
  });
  return onDevice(node, device);
}
