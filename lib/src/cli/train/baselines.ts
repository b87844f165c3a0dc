/** Test metrics of rankings without a trained model, printed beside those of every training. */
import type { Dataset } from '../../data';
import type { EvaluateOptions, Metrics, Protocol } from '../../evaluation';

export async function baselineMetrics(
  dataset: Dataset,
  options: Omit<EvaluateOptions, 'ties'>,
): Promise<Record<string, Record<Protocol, Metrics>>> {
  const { evaluate, popularity, transition } = await import('../../evaluation');
  return {
    popularity: (await evaluate(dataset, popularity(dataset), options)).metrics,
    transition: (await evaluate(dataset, transition(dataset), options)).metrics,
  };
}
