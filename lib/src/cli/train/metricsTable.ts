/** Test metrics of models as text: a row for each protocol and model. */
import type { Metrics, Protocol } from '../../evaluation';
import { PROTOCOLS } from './commandLine';

const SHOWN = ['HR@1', 'HR@5', 'HR@10', 'NDCG@5', 'NDCG@10'];
export const PROTOCOL_NAMES: Record<Protocol, string> = { sampled: '1 + 100 sampled', full: 'all items', fullMasked: 'all but the history' };

export function metricsTable(results: Record<string, Record<Protocol, Metrics>>): string {
  const lines = [`${'test'.padEnd(34)}${SHOWN.map((metric) => metric.padStart(9)).join('')}`];
  for (const protocol of PROTOCOLS) {
    for (const [name, metrics] of Object.entries(results)) {
      lines.push(`${`${PROTOCOL_NAMES[protocol]}, ${name}`.padEnd(34)}${SHOWN.map((metric) => metrics[protocol][metric].toFixed(4).padStart(9)).join('')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
