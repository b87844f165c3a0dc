/**
 * Whether a trained model is worth having: its validation NDCG@10 beside those of popularity and transition,
 * under the protocol that chose its weights. The test item is not used.
 */
import type { Dataset } from '../../data';
import { popularity } from '../../evaluation/baselines/popularity';
import { transition } from '../../evaluation/baselines/transition';
import { evaluate } from '../../evaluation/evaluate';
import type { Metrics } from '../../evaluation/metrics';
import type { Protocol } from '../../evaluation/options';
import { evaluationOptions, type RecommenderOptions } from './options';

/** Validation NDCG@10 of each. */
export interface BaselineComparison {
  protocol: Protocol;
  model: number;
  popularity: number;
  transition: number;
  /** The model is better than both. */
  beaten: boolean;
}

/** `validation`: the model's own metrics. @throws the signal's reason when aborted. */
export async function compareWithBaselines(
  dataset: Dataset,
  validation: Record<Protocol, Metrics>,
  options: RecommenderOptions,
  signal?: AbortSignal,
): Promise<BaselineComparison> {
  const { selection: protocol } = options;
  const [popular, following] = [popularity(dataset), transition(dataset)];
  const how = { ...evaluationOptions(options), split: 'validation', signal } as const;
  const values = {
    model: validation[protocol]['NDCG@10'],
    popularity: (await evaluate(dataset, popular, how)).metrics[protocol]['NDCG@10'],
    transition: (await evaluate(dataset, following, how)).metrics[protocol]['NDCG@10'],
  };
  return { protocol, ...values, beaten: values.model > Math.max(values.popularity, values.transition) };
}

/**
 * A line for a model that does not beat both baselines on validation, with what to try; undefined if it beats
 * them.
 */
export function baselineWarning(
  { protocol, model, popularity, transition, beaten }: BaselineComparison,
  { loss, learningRate }: RecommenderOptions,
): string | undefined {
  if (beaten) return undefined;
  const better = [
    ...(popularity >= model ? [`popularity (${popularity.toFixed(4)})`] : []),
    ...(transition >= model
      ? [`transition (${transition.toFixed(4)}), which ranks by what followed the last item,`]
      : []),
  ];
  const advice = [
    ...(loss === 'bce' ? ['the loss "ce"'] : []),
    `learning rates around ${learningRate}`,
    'a longer patience',
  ];
  return (
    `warning: the model does not beat ${better.join(' and ')} on validation: its NDCG@10 (${protocol}) is ` +
    `${model.toFixed(4)}. Use a baseline instead, or try ${advice.join(', ')}, or an item table made ` +
    'from texts'
  );
}
