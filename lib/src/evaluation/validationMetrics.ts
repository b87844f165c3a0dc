/**
 * Validation metrics as a trainer takes them: one name per protocol and metric. The log of a training has
 * them under these names.
 */
import { type Protocol, PROTOCOLS } from './options';
import type { MetricName, Metrics } from './metrics';

/** "sampled NDCG@10". */
export type ValidationMetric = `${Protocol} ${MetricName}`;

export function flatMetrics(metrics: Record<Protocol, Metrics>): Record<ValidationMetric, number> {
  const entries = PROTOCOLS.flatMap((protocol) =>
    Object.entries(metrics[protocol]).map(([name, value]) => [`${protocol} ${name}`, value] as const),
  );
  return Object.fromEntries(entries) as Record<ValidationMetric, number>;
}

/** The one that chooses the best epoch (D18). */
export function selectionMetric(protocol: Protocol): ValidationMetric {
  return `${protocol} NDCG@10`;
}
