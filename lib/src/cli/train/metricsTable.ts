/** Test metrics of models as text, one row per protocol and model, with a spread over several runs. Pure. */
import type { Measured } from '../../experiments/measured';
import { type Protocol, PROTOCOLS } from '../../evaluation';

const SHOWN = ['HR@1', 'HR@5', 'HR@10', 'NDCG@5', 'NDCG@10'];
export const PROTOCOL_NAMES: Record<Protocol, string> = {
  sampled: '1 + 100 sampled',
  full: 'all items',
  fullMasked: 'all but the history',
};

export type Tested = Record<Protocol, Record<string, number | Measured>>;

export function metricsTable(results: Record<string, Tested>): string {
  const rows = PROTOCOLS.flatMap((protocol) =>
    Object.entries(results).map(([name, metrics]) => [
      `${PROTOCOL_NAMES[protocol]}, ${name}`,
      ...SHOWN.map((metric) => cell(metrics[protocol][metric])),
    ]),
  );
  const width = Math.max(...rows.flatMap(([, ...cells]) => cells.map(({ length }) => length))) + 3;
  return [['test', ...SHOWN], ...rows]
    .map(([name, ...cells]) => `${name.padEnd(34)}${cells.map((text) => text.padStart(width)).join('')}\n`)
    .join('');
}

function cell(value: number | Measured): string {
  if (typeof value === 'number') return value.toFixed(4);
  return `${value.mean.toFixed(4)}${value.spread === undefined ? '' : ` ± ${value.spread.toFixed(4)}`}`;
}
