/** What was computed, as a table. Pure. */
import type { KindCost } from '../../experiments/views/cost';
import type { Table } from './table';

export function costTable(kinds: readonly KindCost[]): Table {
  const total = kinds.reduce(
    (sum, { stages, flop }) => ({ stages: sum.stages + stages, flop: sum.flop + flop }),
    { stages: 0, flop: 0 },
  );
  const released = kinds.some(({ kind }) => kind === 'releasedModel');
  return {
    caption:
      'What it cost: stages, and floating-point operations estimated from the ' +
      `sizes.${released ? ' Without the training of the released language models.' : ''}`,
    columns: ['kind of stage', 'stages', 'GFLOP'],
    rows: [...kinds, { kind: 'all', ...total }].map(({ kind, stages, flop }) => [
      kind,
      stages,
      flop === 0 ? '' : (flop / 1e9).toFixed(flop < 1e10 ? 1 : 0),
    ]),
  };
}
