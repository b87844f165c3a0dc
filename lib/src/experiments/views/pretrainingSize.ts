/** Figure 2: how much pre-training data the item table needs (paper section 4.6). Called by Session. */
import { fractionColumns } from '../cells';
import { measured, type Measured } from '../measured';
import { pretrainNode } from '../nodes';
import type { Profile } from '../profiles';
import type { PretrainJson } from '../stages/pretrain';
import { cellMetrics, METRICS } from '../tables';
import { nodesOf } from './paperTables';
import type { View } from './view';

/** One point of Figure 2. */
export interface FractionPoint {
  readonly domain: string;
  /** Share of the pre-training sequences, in percent; 0 is the language model alone. */
  readonly percent: number;
  readonly sequences: number;
  readonly updates: number;
  /** Percentages, by metric as the paper names it ("H@5"). */
  readonly values: Readonly<Record<string, Measured>>;
}

export function pretrainingSize(profile: Profile): View<FractionPoint[]> {
  return {
    nodes: nodesOf(profile, 'figure2'),
    make: (read) =>
      profile.fractionDomains.flatMap((domain) =>
        fractionColumns(profile).map((column): FractionPoint => {
          const metrics = cellMetrics(profile, { table: 'figure2', domain, column }, read) ?? [];
          const percent = Number(column);
          const facts = percent === 0 ? { sequences: 0, updates: 0 } : (read(pretrainNode(profile, percent / 100)).json as unknown as PretrainJson);
          const values = Object.entries(METRICS).map(([name, key]) => [name, measured(metrics.map((m) => 100 * m[key]))]);
          return { domain, percent, sequences: facts.sequences, updates: facts.updates, values: Object.fromEntries(values) };
        }),
      ),
  };
}
