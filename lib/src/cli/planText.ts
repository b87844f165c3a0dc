/** What `elephant plan` prints: a line per kind of stage, what all take, and how long it will be. Pure. */
import type { KindPlan, Plan } from '../experiments/plan';
import { duration } from './progress';

/** In a cell that has no number. */
const NOTHING = '–';

export function planText(profile: string, workers: number, plan: Plan): string {
  const { kinds, stages, missing, seconds, bytes, choices } = plan;
  const sum = (value: (kind: KindPlan) => number): number =>
    kinds.reduce((total, kind) => total + value(kind), 0);
  const all = {
    kind: 'all',
    stages,
    missing,
    bytes,
    flop: sum(({ flop }) => flop),
    seconds: sum((kind) => kind.seconds),
    measured: undefined,
  };
  const end =
    missing === 0
      ? `Nothing is missing: all ${stages} stages of ${profile} are in the store.\n`
      : `About ${duration(seconds)} with ${workers} worker processes. "measured": what stages of ` +
        'the kind took in this store by what sizes and calibration said; the times are corrected by it.\n';
  const heading = row('kind', 'stages', 'missing', 'FLOP', 'memory', 'worker time', 'measured');
  const chosen = choices.map((choice) => `${choice}\n`).join('');
  return `${heading}${[...kinds, all].map(line).join('')}${chosen}${end}`;
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function line({ kind, stages, missing, seconds, flop, bytes, measured }: KindPlan): string {
  return row(
    kind,
    String(stages),
    String(missing),
    flop === 0 ? NOTHING : flop.toExponential(1),
    bytes === 0 ? NOTHING : megabytes(bytes),
    missing === 0 ? NOTHING : duration(seconds),
    measured === undefined ? NOTHING : `x ${measured.toPrecision(2)}`,
  );
}

const WIDTHS = [8, 9, 12, 12, 15, 11];

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(16)}${cells.map((cell, i) => cell.padStart(WIDTHS[i])).join('')}\n`;
}
