/** Item tables: from a language model, from words alone, and controls made from one. */
import { onDevice, stage, type StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import type { ControlTableConfig } from '../stages/controlTable';
import { kinds } from '../stages/kinds';
import type { ModelFacts } from '../stages/storedModel';
import type { TableFacts } from '../stages/storedTable';

/**
 * Where an item table comes from: language model, pre-trained, fine-tuned (the paper), or the words alone (a
 * control).
 */
export type TableSource = 'LF' | 'PT' | 'FT' | 'lexical';

/** Of the control tables and of the lexical table's SVD. */
const SEED = 1;

export function itemTable(experiment: Experiment, domain: string, source: TableSource): StageNode {
  switch (source) {
    case 'LF':
      return encodedTable(experiment, domain, experiment.lf(), source);
    case 'PT':
      return encodedTable(experiment, domain, experiment.pt(), source);
    case 'FT':
      return experiment.recformer(domain);
    case 'lexical':
      return stage(kinds.lexical, {
        label: `lexical table, ${domain}`,
        config: { dim: experiment.profile.language.hidden, seed: SEED },
        inputs: { dataset: experiment.dataset(domain) },
      });
  }
}

/** @param name Of the model, for people. */
export function encodedTable(
  experiment: Experiment,
  domain: string,
  model: StageNode<ModelFacts>,
  name: string,
): StageNode<TableFacts> {
  const node = stage(kinds.encode, {
    label: `${name} table, ${domain}`,
    config: { limits: experiment.profile.input },
    inputs: { model, tokens: experiment.itemTokens(domain) },
  });
  return onDevice(node, experiment.profile.device);
}

export function controlItemTable(
  experiment: Experiment,
  domain: string,
  control: ControlTableConfig['control'],
  source: TableSource = 'FT',
): StageNode<TableFacts> {
  return controlOf(experiment.itemTable(domain, source), source, domain, control);
}

/**
 * A control of any table; `source` is its name, for people.
 * @param times Of "rescaled": the spread as a multiple of the random table's.
 */
export function controlOf(
  table: StageNode,
  source: string,
  domain: string,
  control: ControlTableConfig['control'],
  times = 1,
): StageNode<TableFacts> {
  const wide = times === 1 ? '' : `, ${times} times as wide`;
  return stage(kinds.controlTable, {
    label: `${control} control of the ${source} table, ${domain}${wide}`,
    config: { control, seed: SEED, ...(times !== 1 && { times }) },
    inputs: { table },
  });
}
